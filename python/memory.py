"""This process's memory, as Linux counts it; None where it does not tell."""

import ctypes


def _status(field):
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith(field + ":"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None


def resident_bytes():
    return _status("VmRSS")


def peak_bytes():
    """The most that was resident since reset_peak(), or since the start where that does not work."""
    return _status("VmHWM")


def reset_peak():
    """Whether peak_bytes() counts from now on."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
        return True
    except OSError:
        return False


def give_back():
    """Returns to the system what the allocator holds and nobody uses, so that it is not taken for a model's."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError):
        # Another C library than GNU's.
        pass
