# Another project's TUF client (python-tuf) looks targets up on a trust server, downloads and verifies them.
#
#   python3 python-tuf-client.py STATE_DIR METADATA_URL TARGETS_URL TARGET_PATH…
#
# Arguments, state and output are those of tuf-js-client.mjs.
import hashlib
import json
import sys
from pathlib import Path

from tuf.ngclient import Updater


def look_up(updater, target_path):
    listed = updater.get_targetinfo(target_path)
    if listed is None:
        return None
    content = Path(updater.find_cached_target(listed) or updater.download_target(listed)).read_bytes()
    return {"digest": f"sha256:{hashlib.sha256(content).hexdigest()}", "length": len(content)}


def trusted_versions(metadata_dir):
    return {file.stem: json.loads(file.read_bytes())["signed"]["version"] for file in sorted(metadata_dir.glob("*.json"))}


def main(state_dir, metadata_base_url, target_base_url, *target_paths):
    metadata_dir, target_dir = Path(state_dir, "metadata"), Path(state_dir, "targets")
    target_dir.mkdir(exist_ok=True)
    updater = Updater(str(metadata_dir), metadata_base_url, str(target_dir), target_base_url)
    updater.refresh()
    targets = {target_path: look_up(updater, target_path) for target_path in target_paths}
    print(json.dumps({"versions": trusted_versions(metadata_dir), "targets": targets}))


try:
    main(*sys.argv[1:])
except Exception as refusal:
    sys.exit(f"{type(refusal).__name__}: {refusal}")
