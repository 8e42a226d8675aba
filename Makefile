# Two commands are all a new user needs: make improve, make test.
.PHONY: improve test test-protocol lock setup

improve: setup
	.venv/bin/improve

# In the order of their names: the long end-to-end files come first, so that no core waits for one at the end.
test: setup
	.venv/bin/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder

setup:
	@scripts/setup

# One resolution for every Python we support; hashes pin the files, no addresses are written.
lock: setup
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --extra dev --upgrade \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	    pyproject.toml -o requirements.lock

# Every call of GitHub held to its own description; installs the checker once (300 MB), needs a network for that.
test-protocol: setup
	@scripts/protocol
