"""Uploaded workbooks: refused or read, in a child process, as ``exchange.raw.RawWorkbook``."""
