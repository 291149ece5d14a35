"""Segments as files `0000012a.seg` in one folder of littlefs, which commits a file when it is closed, not before.

What is no segment is never touched, but for files that bear a segment's name and are none: they are set aside as
`.bad`, at most `ASIDE` of them. Everything raises OSError. Runs on a desk's file system too.
"""

import os

ASIDE = 4
_DIGITS = 8
_FOLDER = 0x4000


class Flash:
    """The folder; it is made at the first write, so that looking needs no write."""

    def __init__(self, folder):
        self._folder = folder

    def _path(self, number, ending=".seg"):
        return "%s/%08x%s" % (self._folder, number, ending)

    def _numbers(self, ending):
        found = []
        for name in os.listdir(self._folder):
            digits = name[:-4]
            if name.endswith(ending) and len(digits) == _DIGITS and not digits.strip("0123456789abcdef"):
                found.append(int(digits, 16))
        return sorted(found)

    def scan(self):
        """Numbers of all that bear a segment's name, in order; an absent folder is an empty one."""
        try:
            return self._numbers(".seg")
        except OSError as error:
            if error.errno == 2:  # ENOENT
                return []
            raise

    def size(self, number):
        """Bytes of that segment; a folder of that name has none."""
        status = os.stat(self._path(number))
        return 0 if status[0] & _FOLDER else status[6]

    def read(self, number, offset, size):
        """So many bytes from there; fewer at the end."""
        with open(self._path(number), "rb") as file:
            file.seek(offset)
            return file.read(size)

    def write(self, number, data):
        """A new segment, whole: after this it is in flash."""
        try:
            self._put(self._path(number), "wb", data)
        except OSError as error:
            if error.errno != 2:
                raise
            os.mkdir(self._folder)
            self._put(self._path(number), "wb", data)

    def append(self, number, size, data):
        """More at the end of a segment that has `size` bytes; refused when it has another length."""
        if self.size(number) != size:
            raise OSError(5)
        self._put(self._path(number), "ab", data)

    def _put(self, path, mode, data):
        with open(path, mode) as file:
            if file.write(data) != len(data):
                raise OSError(5)

    def remove(self, number):
        """Delete; one that is not there is deleted already."""
        try:
            os.remove(self._path(number))
        except OSError as error:
            if error.errno != 2:
                raise

    def set_aside(self, number):
        """Keep what is no segment under another name for whoever wants to look; the oldest of these go."""
        os.rename(self._path(number), self._path(number, ".bad"))
        for old in self._numbers(".bad")[:-ASIDE]:
            os.remove(self._path(old, ".bad"))
