"""Makes a CUDA build of PyTorch importable on a machine that has no GPU and none of the GPU libraries.

The Linux wheel of `torch` links against about 2.5 GB of GPU libraries, and the loader insists on finding every one
of them although an export on the CPU never calls any. This script writes empty stand-ins next to PyTorch's own
libraries: for each library that is needed and absent, a shared object of a few kilobytes with the same name and the
same symbols, each of which stops the program. The CUDA runtime and CUPTI are not replaced: PyTorch registers its
kernels with the first as it loads, and their wheels are small.

Usage: python gpu_stand_ins.py [SITE_PACKAGES]
Needs `cc` and `readelf`.
"""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

# Libraries whose absence is made up for, with the prefix of their symbols. The longest prefix wins.
STAND_INS = {
    "libcublas.so": "cublas",
    "libcublasLt.so": "cublasLt",
    "libcudnn.so": "cudnn",
    "libcufft.so": "cufft",
    "libcufile.so": "cuFile",
    "libcurand.so": "curand",
    "libcusparse.so": "cusparse",
    "libcusparseLt.so": "cusparseLt",
    "libnccl.so": "nccl",
    "libnvshmem_host.so": "nvshmem",
}


def needed_libraries(library: Path) -> set[str]:
    """Names that the loader must find for `library`, e.g. `libcublas.so.12`."""
    listing = subprocess.run(["readelf", "-d", library], check=True, capture_output=True, text=True).stdout
    return set(re.findall(r"\(NEEDED\).*\[(.+)\]", listing))


def undefined_symbols(library: Path) -> set[tuple[str, str]]:
    """(symbol, version or "") that `library` expects from others."""
    listing = subprocess.run(["readelf", "-sW", "--dyn-syms", library], check=True, capture_output=True, text=True)
    found = re.findall(r" UND ([^@\s]+)(?:@([^\s]+))?", listing.stdout)
    return {(symbol, version) for symbol, version in found}


def base_name(soname: str) -> str:
    return soname[: soname.index(".so") + 3]


def owner(symbol: str) -> str | None:
    """The library (base name) a symbol belongs to by its prefix."""
    fitting = [(len(prefix), name) for name, prefix in STAND_INS.items() if symbol.startswith(prefix)]
    return max(fitting)[1] if fitting else None


def build(soname: str, symbols: set[tuple[str, str]], folder: Path) -> None:
    """Compiles the stand-in for `soname` with the given versioned symbols."""
    with tempfile.TemporaryDirectory() as work:
        source, script = Path(work, "stand_in.c"), Path(work, "stand_in.map")
        lines = ["#include <stdlib.h>"]
        lines += [f"void {symbol}(void) {{ abort(); }}" for symbol, _ in sorted(symbols)]
        source.write_text("\n".join(lines) + "\n")
        nodes = []
        for version in sorted({version for _, version in symbols if version}):
            names = " ".join(f"{symbol};" for symbol, its in sorted(symbols) if its == version)
            nodes.append(f"{version} {{ {names} }};")
        script.write_text("\n".join(nodes) + "\n")
        command = ["cc", "-shared", "-fPIC", "-O1", f"-Wl,-soname,{soname}", "-o", str(folder / soname), str(source)]
        if nodes:
            command.insert(1, f"-Wl,--version-script={script}")
        subprocess.run(command, check=True)


def main() -> None:
    site = Path(sys.argv[1] if len(sys.argv) > 1 else sysconfig.get_paths()["purelib"])
    libraries = site / "torch" / "lib"
    linked = [path for path in libraries.glob("lib*.so") if path.name.startswith(("libtorch", "libc10"))]
    sonames = {name for path in linked for name in needed_libraries(path) if base_name(name) in STAND_INS}
    installed = {path.name for path in site.glob("nvidia/*/lib/lib*.so*")}
    symbols = {pair for path in linked for pair in undefined_symbols(path)}
    for soname in sorted(sonames - installed):
        mine = {(symbol, version) for symbol, version in symbols if owner(symbol) == base_name(soname)}
        build(soname, mine, libraries)
        print(f"{soname}: {len(mine)} symbols")


if __name__ == "__main__":
    main()
