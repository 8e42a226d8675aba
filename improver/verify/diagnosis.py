"""Why bubblewrap does not work here, and the one command that would make it work (pure)."""

from collections.abc import Mapping

INSTALL = "sudo apt install bubblewrap"
APPARMOR = "kernel/apparmor_restrict_unprivileged_userns"
CLONE = "kernel/unprivileged_userns_clone"
SPACES = "user/max_user_namespaces"
SETTINGS = (APPARMOR, CLONE, SPACES)  # below /proc/sys
LOAD_PROFILE = (
    r"printf 'abi <abi/4.0>,\nprofile bwrap /usr/bin/bwrap flags=(unconfined) {\n  userns,\n}\n' "
    "| sudo tee /etc/apparmor.d/bwrap && sudo apparmor_parser -r /etc/apparmor.d/bwrap"
)
NO_NAMESPACES = ("namespace", "uid map", "Operation not permitted", "Permission denied", "No space left on device")


def explain(message: str, settings: Mapping[str, str]) -> tuple[str, str]:
    """Return (why, fix) for bubblewrap's last words `message`, given the kernel's `settings` by name."""
    if "nknown option" in message:
        return "bubblewrap is older than 0.8", INSTALL
    message = message.partition(". ")[0].partition(", ")[0]
    if message.startswith(("unshare:", "mount:", "mkdir:")):
        return (
            "root cannot make mounts here, and without them the user nobody cannot reach this interpreter",
            "use an interpreter outside root's home directory, or run as an ordinary user",
        )
    if not any(words in message for words in NO_NAMESPACES):
        return message, "read the reason above; bubblewrap itself is there"
    if settings.get(CLONE) == "0":
        return "user namespaces are switched off", "sudo sysctl -w kernel.unprivileged_userns_clone=1"
    if settings.get(SPACES) == "0":
        return "user namespaces are switched off", "sudo sysctl -w user.max_user_namespaces=15000"
    if settings.get(APPARMOR) == "1":
        return "AppArmor forbids user namespaces (it needs the profile /etc/apparmor.d/bwrap)", LOAD_PROFILE
    return (
        f"this container or kernel forbids user namespaces ({message})",
        "run on the machine itself, or start the container with --security-opt seccomp=unconfined "
        "--security-opt apparmor=unconfined --security-opt systempaths=unconfined",
    )
