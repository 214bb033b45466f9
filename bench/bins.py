"""Run by bins.sh: writes an image layout, and measures signing and verifying in repositories of different size and shape."""
import argparse, hashlib, json, os, shutil, statistics, subprocess, sys, time, urllib.request

WARM_UPS = 60
TICK = 1000.0 / os.sysconf("SC_CLK_TCK")


def layout(directory):
    blobs = os.path.join(directory, "blobs", "sha256")
    os.makedirs(blobs)

    def blob(content, media_type):
        digest = hashlib.sha256(content).hexdigest()
        with open(os.path.join(blobs, digest), "wb") as file:
            file.write(content)
        return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(content)}

    config = blob(b'{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}', "application/vnd.oci.image.config.v1+json")
    layer = blob(b"layer", "application/vnd.oci.image.layer.v1.tar")
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config, "layers": [layer]}
    image = blob(json.dumps(manifest).encode(), manifest["mediaType"])
    image["annotations"] = {"org.opencontainers.image.ref.name": "1"}
    with open(os.path.join(directory, "oci-layout"), "w") as file:
        file.write('{"imageLayoutVersion":"1.0.0"}')
    with open(os.path.join(directory, "index.json"), "w") as file:
        json.dump({"schemaVersion": 2, "manifests": [image]}, file)


class Repository:
    def __init__(self, arguments, name, targets):
        self.arguments, self.name, self.targets, self.signed = arguments, "bench.example/bins/" + name, targets, 0
        self.work = os.path.join(arguments.work, name)
        os.makedirs(self.work)
        self.root, self.key, self.home = (os.path.join(self.work, part) for part in ("root.json", "key.pem", "home"))
        run(["dotnet", arguments.load_tool, "publish", "--product", "TrustServer", "--address", arguments.address, "--repository", self.name,
             "--targets", str(targets), "--root", self.root, "--key", self.key])

    def signer(self, *words, home=None):
        environment = dict(os.environ, SIGNER_HOME=home or self.home, SIGNER_SERVER=self.arguments.address)
        before, start = cpu(self.arguments.pid), time.monotonic()
        usage = os.times()
        output = run([self.arguments.signer, *words, "--root", self.root], environment)
        seconds, after = time.monotonic() - start, os.times()
        return {"ms": 1000 * seconds, "client": 1000 * (after.children_user + after.children_system - usage.children_user - usage.children_system),
                "server": cpu(self.arguments.pid) - before, "output": output}

    def sign(self):
        self.signed += 1
        measured = self.signer("sign", "oci:%s:1" % self.arguments.layout, "--as", "%s:new-%d" % (self.name, self.signed), "-y", "-o", "json", "--key", self.key)
        (role, state), = json.loads(measured["output"])[0]["metadata"].items()
        with urllib.request.urlopen("%s/tuf/%s/metadata/%d.%s.json" % (self.arguments.address, self.name, state["version"], role)) as answer:
            measured["bytes"] = len(answer.read())
        return measured

    def verify(self, is_cold):
        home = os.path.join(self.work, "verifier")
        if is_cold:
            shutil.rmtree(home, ignore_errors=True)
        return self.signer("verify", "--no-registry", "--quiet", "%s:v00777" % self.name, home=home)

    def reshape(self, bins):
        return self.signer("reshape", self.name, "--bins", str(bins), "-y", "--timeout", "600s", "--key", self.key)["ms"]


def run(command, environment=None):
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit("%s\n%s%s" % (" ".join(command), done.stdout, done.stderr))
    return done.stdout


def cpu(pid):
    with open("/proc/%d/stat" % pid) as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return TICK * (int(fields[11]) + int(fields[12]))


def measure(arguments):
    shapes = [(1000, 8), (arguments.large, 1024), (1000, 0), (arguments.large, 0)]
    repositories = []
    for targets, bins in shapes:
        repository = Repository(arguments, "%d-%d" % (targets, bins), targets)
        repository.moved = repository.reshape(bins) if bins else None
        repositories.append(repository)
    rows = {repository: {"sign": [], "warm": [], "cold": []} for repository in repositories}
    # A server that was started a moment ago compiles while it works, and the more the more it has to do.
    for _ in range(WARM_UPS):
        for repository in repositories[:2]:
            repository.sign()
    # In turn, so that whatever else the machine does meets all of them.
    for at in range(-8, arguments.runs):
        for repository in repositories:
            # One file of many tags takes seconds.
            if not repository.moved and at % 8:
                continue
            row = {"sign": repository.sign(), "cold": repository.verify(True), "warm": repository.verify(False)}
            for part, measured in row.items():
                if at >= 0:
                    rows[repository][part].append(measured)
    figures = []
    for (targets, bins), repository in zip(shapes, repositories):
        def of(part, what, over):
            return over(measured[what] for measured in rows[repository][part])
        figures.append((targets, bins, [of("sign", "bytes", statistics.mean), of("sign", "ms", statistics.median), of("sign", "server", statistics.mean), of("sign", "client", statistics.mean),
                                        of("warm", "ms", statistics.median), of("warm", "client", statistics.mean), of("cold", "ms", statistics.median), of("cold", "client", statistics.mean)]))
    print("\n| %s | bytes uploaded | sign ms | server CPU ms | signer CPU ms | verify warm ms | CPU ms | verify cold ms | CPU ms |" % arguments.storage)
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for targets, bins, numbers in figures:
        print("| %d tags, %s | %.0f | %s |" % (targets, "%d bins" % bins if bins else "one file", numbers[0], " | ".join("%.1f" % number for number in numbers[1:])))
    for label, small, big in (("growth with bins", 0, 1), ("growth in one file", 2, 3)):
        print("| **%s** | %s |" % (label, " | ".join("**%.2f ×**" % (b / a) for a, b in zip(figures[small][2], figures[big][2]))))
    print("\nMoving the repositories to bins took " + ", ".join("%.0f ms for %d tags" % (repository.moved, repository.targets) for repository in repositories if repository.moved) + ".")


parser = argparse.ArgumentParser()
commands = parser.add_subparsers(dest="command", required=True)
commands.add_parser("layout").add_argument("directory")
measuring = commands.add_parser("measure")
for name in ("storage", "address", "signer", "load-tool", "layout", "work"):
    measuring.add_argument("--" + name, required=True)
for name in ("pid", "runs", "large"):
    measuring.add_argument("--" + name, required=True, type=int)
given = parser.parse_args()
layout(given.directory) if given.command == "layout" else measure(given)
