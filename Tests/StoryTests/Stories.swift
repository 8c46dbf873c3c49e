import Testing

/// All stories, one after another, because each wants the machine for itself.
///
/// A story starts the real `perilune` as a process of its own and looks at it from outside alone: over HTTP,
/// through the command line, and by signals.
@Suite(.serialized) enum Stories {}
