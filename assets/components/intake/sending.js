// Sends a file to the server's intake. The server decides what it takes; what it would refuse at once is asked
// before the file is on its way, because a browser sends all of a file before it reads the answer.

const HEADERS = { "X-VAELab-Intake": "1" }

// An error whose message is a sentence for the visitor.
export class Refused extends Error {}

const BROKEN = "The connection to the server broke, so the file did not arrive; try again."

// Sends `file` and returns its ticket. `progress(bytes)` is called while it is on its way, and `signal` ends it.
// Throws Refused; or an AbortError if `signal` has ended it.
export async function send(file, address, { progress, signal }) {
  await ask(file, address, signal)
  return put(file, address, progress, signal)
}

async function ask(file, address, signal) {
  const answer = await fetch(`${address}?bytes=${file.size}`, { headers: HEADERS, signal, cache: "no-store" }).catch((error) => {
    throw signal.aborted ? error : new Refused(BROKEN)
  })
  if (!answer.ok) throw new Refused(refusalIn(await answer.text()))
}

// `fetch` tells nothing of how much of a body is on its way.
function put(file, address, progress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    signal.addEventListener("abort", stop, { once: true })
    request.upload.onprogress = ({ loaded }) => progress(loaded)
    request.onload = () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText).ticket)
      else reject(new Refused(refusalIn(request.responseText)))
    }
    request.onerror = () => reject(new Refused(BROKEN))
    request.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"))
    request.onloadend = () => signal.removeEventListener("abort", stop)
    request.open("PUT", address)
    for (const [name, value] of Object.entries(HEADERS)) request.setRequestHeader(name, value)
    request.send(file)
  })
}

// Something between browser and server, such as a proxy with limits of its own, may have answered instead.
function refusalIn(answer) {
  try {
    return JSON.parse(answer).refusal ?? BROKEN
  } catch {
    return "The server, or something on the way to it, did not take this file."
  }
}
