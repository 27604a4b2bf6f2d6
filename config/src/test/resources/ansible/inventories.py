"""Loads inventories with Ansible's own classes, and prints the effective variables of every host.

Reads lines of an inventory and, after a tab, the directory of the playbook or nothing. Prints for each line
"inventory INVENTORY", then "refused" or lines of host, variable and value in a form that compares byte by byte.
"""
import json
import os
import struct
import sys

os.environ.pop("ANSIBLE_CONFIG", None)
os.environ.update(
    ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="True",
    ANSIBLE_LOCALHOST_WARNING="False",
)
# Warnings and errors are not part of the answer.
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultSecret
from ansible.vars.manager import VariableManager

INTERNAL = {
    "groups", "group_names", "inventory_dir", "inventory_file", "inventory_hostname", "inventory_hostname_short",
    "omit", "playbook_dir",
}


def canonical(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return "%d" % value
    if isinstance(value, float):
        return "real:nan" if value != value else "real:" + struct.pack(">d", value).hex()
    if "Vault" in type(value).__name__ or "Encrypted" in type(value).__name__:
        return "opaque"
    if isinstance(value, dict):
        return "{%s}" % ",".join(sorted(quoted(str(key)) + ":" + canonical(one) for key, one in value.items()))
    if isinstance(value, (list, tuple, set)):
        return "[%s]" % ",".join(canonical(one) for one in value)
    if isinstance(value, bytes):
        return "opaque"
    return quoted(str(value))


def quoted(text):
    return json.dumps(text, ensure_ascii=True)


def hosts(source, playbook):
    loader = DataLoader()
    loader.set_vault_secrets([("default", VaultSecret(b"of no importance"))])
    if playbook:
        loader.set_basedir(playbook)
    inventory = InventoryManager(loader=loader, sources=[source])
    manager = VariableManager(loader=loader, inventory=inventory)
    manager.safe_basedir = bool(playbook)
    lines = []
    for host in inventory.get_hosts():
        lines.append(quoted(host.name))
        for name, value in manager.get_vars(host=host, include_hostvars=False, stage="all").items():
            if name not in INTERNAL and not str(name).startswith("ansible_"):
                lines.append("%s\t%s\t%s" % (quoted(host.name), quoted(str(name)), canonical(value)))
    return sorted(lines)


for line in sys.stdin.read().splitlines():
    source, _, playbook = line.partition("\t")
    try:
        answer = hosts(source, playbook)
    except Exception as refusal:
        answer = ["refused"]
    print("\n".join(["inventory " + source] + answer), flush=True)
