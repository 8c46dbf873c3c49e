/// Place in the log: from 1, strictly increasing; gapless on one machine.
///
/// 0 means "before the first event".
public typealias Position = UInt64

/// Place in a stream: from 0, gapless.
public typealias Revision = UInt64

/// Microseconds since 1970-01-01T00:00:00Z.
///
/// The log never lets it go backwards.
public typealias LogTime = Int64
