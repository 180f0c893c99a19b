# VAE Lab for a class, on the processor: see compose.yaml, which builds and starts it.
FROM python:3.12-slim

WORKDIR /srv/vaelab
COPY requirements.txt .
# The CPU build of PyTorch first: the one from PyPI brings 5 GB of CUDA libraries along. Then what the app imports,
# without what only tests and checks need.
RUN torch="$(sed -n 's/^\(torch[a-z]*==[^ ]*\) .*/\1/p' requirements.txt)" \
    && pip install --no-cache-dir --index-url https://download.pytorch.org/whl/cpu $torch \
    && sed '/^# Tests and checks/,$d' requirements.txt > app.txt \
    && pip install --no-cache-dir -r app.txt

# An ordinary user, who owns the folder of runs and data sets and nothing else.
RUN useradd --uid 1000 --create-home vaelab && mkdir /data && chown vaelab /data
COPY . .
USER vaelab

ENV PYTHONDONTWRITEBYTECODE=1 VAELAB_RUNS=/data/runs VAELAB_CACHE=/data/cache
VOLUME /data
EXPOSE 8501

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:8501/lab/health', timeout=4)"]

# In the form of a list, so that the signal to end reaches the server itself.
CMD ["python", "-m", "streamlit", "run", "app.py", "--server.address", "0.0.0.0", "--server.port", "8501", \
     "--browser.serverAddress", "localhost"]
