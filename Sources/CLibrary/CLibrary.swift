// The system's C library, under one name: every other file imports this module and leaves the choice
// to it.
#if canImport(Glibc)
@_exported public import Glibc
#elseif canImport(Musl)
@_exported public import Musl
#elseif canImport(Darwin)
@_exported public import Darwin
#else
#error("Unsupported platform")
#endif
