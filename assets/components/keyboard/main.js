// What the keyboard and screen readers need on every page, and Streamlit lacks. The first page of the server loads it
// (`vaelab/ui/web/shell.py`), so that it works before any component of a page is there.

import { keepFocus } from "./focus.js"
import { nameHelp } from "./help.js"
import { leadIntoPopovers } from "./popovers.js"
import { skipToControls } from "./skip.js"

leadIntoPopovers()
skipToControls()
keepFocus()
nameHelp()
