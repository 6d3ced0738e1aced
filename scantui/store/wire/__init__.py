"""blissdata's protocol as bytes and documents: parsing and composing, no I/O. See PROTOCOL.md."""
