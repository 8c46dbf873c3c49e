/// The one place that turns a stable code into an HTTP status.
///
/// 4xx: the caller can mend it; 409: something moved, decide again; 503: the same request may succeed later.
/// A code that isn't listed is a failing script's or the host's own fault.
enum ErrorStatus {
    static func of(code: String) -> Int {
        switch code {
        case "invalid-json", "invalid-input", "invalid-name", "invalid-frame", "bad-request",
            "not-rebuildable":
            400
        case "host-stream", "host-meta", "cross-origin":
            403
        case "not-found", "unknown-aggregate", "unknown-command", "unknown-query", "unknown-processor",
            "unknown-parked", "unknown-event", "unknown-scripts", "unknown-segment", "unknown-word",
            "no-log":
            404
        case "method-not-allowed":
            405
        case "wrong-expected-revision", "condition-failed", "idempotency-key-reused", "parked-behind",
            "rebuild-running", "fenced", "folder-not-empty", "restore-unfinished", "backup-mismatch":
            409
        case "body-too-large", "limit-exceeded":
            413
        case "contract-violation", "publish-refused", "invalid-app":
            422
        case "unsupported-media-type":
            415
        case "not-available":
            501
        case "stream-busy", "outcome-unknown", "log-read-only", "log-locked", "log-closed", "host-stopping",
            "not-ready", "projection-stopped", "projection-building":
            503
        case "not-caught-up":
            504
        case "disk-full":
            507
        default:
            500
        }
    }
}
