import Lua

/// What a query's parameter holds; a `?` behind the kind lets the caller leave it out.
struct ParameterKind: Hashable, Sendable {
    enum Scalar: String, Sendable, CaseIterable {
        case string
        case integer
        case number
        case boolean
    }

    let base: Scalar
    let isOptional: Bool

    /// Reads `integer`, `string?` and the like; nil for anything else.
    init?(_ text: String) {
        isOptional = text.hasSuffix("?")
        guard let base = Scalar(rawValue: isOptional ? String(text.dropLast()) : text) else { return nil }
        self.base = base
    }

    /// The value as this kind: text from a URL is converted, JSON of the right kind is taken.
    ///
    /// Nil when it doesn't fit.
    func value(from json: JSONValue) -> JSONValue? {
        switch (base, json) {
        case (.string, .string), (.integer, .integer), (.boolean, .bool), (.number, .integer),
            (.number, .float):
            json
        case (.integer, .string(let text)): Int64(text).map { .integer($0) }
        case (.number, .string(let text)):
            Int64(text).map { .integer($0) } ?? Double(text).flatMap { $0.isFinite ? .float($0) : nil }
        case (.boolean, .string("true")): .bool(true)
        case (.boolean, .string("false")): .bool(false)
        default: nil
        }
    }
}

extension QueryDefinition {
    init(name: String, _ declared: [String: JSONValue]) throws(RuntimeError) {
        var parameters: [String: ParameterKind] = [:]
        for (parameter, kind) in declared {
            guard let kind = kind.string.flatMap(ParameterKind.init) else {
                let kinds = ParameterKind.Scalar.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalidApp(
                    "query \(name) declares \(parameter) as no kind that exists; there are \(kinds)"
                )
            }
            parameters[parameter] = kind
        }
        self.parameters = parameters
    }

    /// Checks a caller's parameters against what is declared, and converts them.
    func bind(_ given: JSONValue, query: String) throws(RuntimeError) -> JSONValue {
        guard let given = given.object else {
            throw .invalidInput("the parameters of a query are an object")
        }
        var bound: [String: JSONValue] = [:]
        for (name, value) in given {
            guard let kind = parameters[name] else {
                let hint = Suggestion.sentence(for: name, among: Array(parameters.keys))
                throw .invalidInput("query \(query) has no parameter \(name.debugDescription); \(hint)")
            }
            guard let value = kind.value(from: value) else {
                throw .invalidInput(
                    "parameter \(name) of query \(query) must be of kind \(kind.base.rawValue)"
                )
            }
            bound[name] = value
        }
        for (name, kind) in parameters where !kind.isOptional && bound[name] == nil {
            throw .invalidInput("query \(query) needs the parameter \(name), of kind \(kind.base.rawValue)")
        }
        return .object(bound)
    }
}
