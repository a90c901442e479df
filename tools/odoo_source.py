"""Where Odoo 19 comes from: ODOO_HOME, a clone, or Debian's package."""

import os
import shutil
import subprocess
from pathlib import Path

from console import SetupError, run, say
from paths import ADDONS, DEV, DOWNLOADS, LOGS, ODOO

REPOSITORY = "https://github.com/odoo/odoo.git"
BRANCH = "19.0"

PACKAGE = "odoo-19"
# Debian's Odoo has links into these packages; without them the web client fails.
LINKED_PACKAGES = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
)
# The suite that has odoo-19, and a suite whose Font Awesome is still 4.7 (the
# files of later ones have other names).
SUITES = {"debian": ("sid", "bookworm"), "ubuntu": ("devel", "jammy")}
HOW_TO = (
    "Put a source checkout of Odoo 19.0 on this machine and name it, for example: "
    "ODOO_HOME=/path/to/odoo make run"
)


class OdooSource:
    """An Odoo source tree, either a checkout or the package's installed layout.

    :param others: folders of Python packages that bring addons of their own
    """

    def __init__(self, home, others=()):
        self.home = Path(home).resolve()
        self.others = tuple(others)
        candidates = (self.home / "odoo" / "addons", self.home / "addons")
        self.addons = next(
            (path for path in candidates if (path / "mrp").is_dir()), None
        )

    @property
    def addons_path(self):
        return self.get_addons_path(ADDONS)

    def get_addons_path(self, addons):
        """:param addons: the folder where the module lies"""
        paths = (self.home / "odoo" / "addons", self.home / "addons", addons)
        # The package has them in the first place, and a link to it in the second.
        own = [path for path in paths if path.is_dir() and not path.is_symlink()]
        own += [path / "odoo" / "addons" for path in self.others]
        return ",".join(str(path) for path in own)

    def find_addons(self, addon):
        """:return: the folder in which an addon of core or of others lies
        :raise SetupError: there is none"""
        folders = [self.addons, *(path / "odoo" / "addons" for path in self.others)]
        for folder in folders:
            if (folder / addon).is_dir():
                return folder
        raise SetupError(f"there is no addon {addon} in {self.home} or beside it")

    @property
    def python_path(self):
        """What Python needs to find Odoo."""
        return os.pathsep.join(str(path) for path in (self.home, *self.others))

    def beside(self, folder):
        """The same, with the addons of a folder of Python packages."""
        return OdooSource(self.home, [*self.others, folder])

    def check(self):
        """:raise SetupError: this isn't Odoo 19.0 with its addons"""
        release = self.home / "odoo" / "release.py"
        if not release.is_file() or self.addons is None:
            raise SetupError(f"{self.home} is no source checkout of Odoo. {HOW_TO}")
        if "version_info = (19, 0" not in release.read_text():
            raise SetupError(f"{self.home} is not Odoo 19.0. {HOW_TO}")
        return self


def ensure_odoo():
    """Return the Odoo to use, fetching it first where there is none."""
    if os.environ.get("ODOO_HOME"):
        return OdooSource(os.environ["ODOO_HOME"]).check()
    for home in (ODOO, _package_home(ODOO)):
        if (home / "odoo" / "release.py").is_file():
            return OdooSource(home).check()
    if _repository_is_reachable():
        return _clone()
    return _unpack_package()


def _repository_is_reachable():
    if not shutil.which("git"):
        return False
    try:
        answer = subprocess.run(
            ["git", "ls-remote", "--heads", REPOSITORY, BRANCH],
            capture_output=True,
            check=False,
            timeout=30,
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
        )
    except subprocess.TimeoutExpired:
        return False
    return answer.returncode == 0 and bool(answer.stdout)


def _clone():
    say(f"Cloning Odoo {BRANCH} (about 1 GB, once)")
    partial = DEV / "odoo.partial"
    shutil.rmtree(partial, ignore_errors=True)
    run(["git", "clone", "--depth", "1", "--branch", BRANCH, REPOSITORY, partial])
    partial.rename(ODOO)
    return OdooSource(ODOO).check()


def _package_home(root):
    return root / "usr" / "lib" / "python3" / "dist-packages"


def _unpack_package():
    """Unpack Debian's package beside the project; nothing is installed."""
    for program in ("apt-get", "dpkg-deb"):
        if not shutil.which(program):
            raise SetupError(
                f"Odoo's repository can't be reached, and there is no {program} to "
                f"get Debian's package {PACKAGE} with. {HOW_TO}"
            )
    say(f"Getting Odoo from Debian's package {PACKAGE} (about 130 MB, once)")
    debs = _download_packages()
    say("Unpacking Odoo")
    partial = DEV / "odoo.partial"
    shutil.rmtree(partial, ignore_errors=True)
    for deb in debs:
        run(["dpkg-deb", "--extract", deb, partial])
    # Debian leaves this file out, and the browser reports its absence as an error.
    stripped = _package_home(partial) / (
        "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    )
    stripped.parent.mkdir(parents=True, exist_ok=True)
    stripped.touch()
    partial.rename(ODOO)
    return OdooSource(_package_home(ODOO)).check()


def _download_packages():
    """Download the packages with an apt of our own: its lists and sources are
    the project's, so that neither root nor a change of the system is needed."""
    apt = DOWNLOADS / "apt"
    archives = DOWNLOADS / "packages"
    for folder in (apt / "lists" / "partial", apt / "cache" / "archives" / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    archives.mkdir(parents=True, exist_ok=True)
    distribution, sources = _apt_sources()
    (apt / "sources.list").write_text(sources)
    (apt / "apt.conf").write_text(
        f'Dir::State::Lists "{apt}/lists";\n'
        f'Dir::Cache "{apt}/cache";\n'
        f'Dir::Etc::SourceList "{apt}/sources.list";\n'
        'Dir::Etc::SourceParts "-";\n'
        'Acquire::Check-Valid-Until "false";\n'
        'Acquire::Retries "3";\n'
        # apt would drop root's rights and then not be allowed into the folder.
        'APT::Sandbox::User "root";\n'
    )
    environment = {**os.environ, "APT_CONFIG": str(apt / "apt.conf")}
    run(["apt-get", "update"], log=LOGS / "apt-lists.log", env=environment)
    old_suite = SUITES[distribution][1]
    names = (PACKAGE, *LINKED_PACKAGES, f"fonts-font-awesome/{old_suite}")
    run(
        ["apt-get", "download", *names],
        log=LOGS / "apt-download.log",
        env=environment,
        cwd=archives,
    )
    return sorted(archives.glob("*.deb"))


def _apt_sources():
    """The machine's own mirror, with the suites that have what Odoo needs."""
    distribution = _distribution()
    if distribution not in SUITES:
        raise SetupError(
            f"Odoo's repository can't be reached, and only Debian and Ubuntu have "
            f"the package {PACKAGE}. {HOW_TO}"
        )
    mirror, signed_by = _own_mirror(distribution)
    components = "main" if distribution == "debian" else "main universe"
    option = f"[signed-by={signed_by}] " if signed_by else ""
    lines = [
        f"deb {option}{mirror} {suite} {components}" for suite in SUITES[distribution]
    ]
    return distribution, "\n".join(lines) + "\n"


def _distribution():
    release = Path("/etc/os-release")
    if not release.is_file():
        return None
    pairs = [
        line.split("=", 1) for line in release.read_text().splitlines() if "=" in line
    ]
    return dict(pairs).get("ID", "").strip('"')


def _own_mirror(distribution):
    """The first mirror of the distribution itself in apt's sources, and its keyring."""
    for uri, suites, signed_by in _apt_entries():
        own = distribution in uri and "security" not in uri
        if own and any("security" not in suite for suite in suites):
            return uri, signed_by
    raise SetupError(
        f"apt's sources name no mirror of {distribution} for {PACKAGE}. {HOW_TO}"
    )


def _apt_entries():
    """Yield (address, suites, keyring) of each source in either of apt's formats."""
    etc = Path("/etc/apt")
    one_line = [etc / "sources.list", *sorted(etc.glob("sources.list.d/*.list"))]
    for path in filter(Path.is_file, one_line):
        for line in path.read_text().splitlines():
            words = line.split()
            if not words or words[0] != "deb":
                continue
            signed_by = None
            if words[1].startswith("["):
                end = next(i for i, word in enumerate(words) if word.endswith("]"))
                options = " ".join(words[1 : end + 1]).strip("[] ").split()
                pairs = dict(o.split("=", 1) for o in options if "=" in o)
                signed_by = pairs.get("signed-by")
                words[1 : end + 1] = []
            yield words[1], words[2:3], signed_by
    for path in sorted(etc.glob("sources.list.d/*.sources")):
        for stanza in path.read_text().split("\n\n"):
            lines = [line for line in stanza.splitlines() if not line.startswith("#")]
            pairs = [
                line.split(":", 1) for line in lines if ":" in line and line[0] != " "
            ]
            fields = {key.strip().lower(): value.strip() for key, value in pairs}
            if "deb" not in fields.get("types", "").split():
                continue
            keyring = fields.get("signed-by", "")
            signed_by = keyring if keyring.startswith("/") else None
            for uri in fields.get("uris", "").split():
                yield uri, fields.get("suites", "").split(), signed_by
