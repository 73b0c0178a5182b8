/// The members of a config.json, each asked for by key and type; null counts as missing.
struct ConfigurationObject {
    typealias Problem = BackboneConfigurationError.Problem

    private let object: JSONObject

    init(_ bytes: [UInt8]) throws(BackboneConfigurationError.Problem) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw .syntax(error)
        }
        guard case .object(let object) = value else { throw .notAnObject(found: value.kind) }
        self.object = object
    }

    private init(_ object: JSONObject) { self.object = object }

    subscript(key: String) -> JSONValue? { object[key] }

    /// Whether the key is there and holds null; where that and a missing key are not the same.
    func isNull(_ key: String) -> Bool { object.members.contains { $0.key == key && $0.value == .null } }

    /// The keys that have a value, in file order.
    var keys: [String] { object.members.filter { $0.value != .null }.map(\.key) }

    func integer(_ key: String, default standard: Int? = nil) throws(Problem) -> Int {
        if let value = try optionalInteger(key) { return value }
        guard let standard else { throw .missingKey(key) }
        return standard
    }

    func optionalInteger(_ key: String) throws(Problem) -> Int? {
        guard let value = object[key] else { return nil }
        guard case .number(let text) = value, let number = Int(text) else {
            throw .wrongType(key: key, found: value.kind, expected: "a whole number")
        }
        return number
    }

    func float(_ key: String, default standard: Float? = nil) throws(Problem) -> Float {
        guard let value = object[key] else {
            guard let standard else { throw .missingKey(key) }
            return standard
        }
        guard case .number(let text) = value, let number = Float(text) else {
            throw .wrongType(key: key, found: value.kind, expected: "a number")
        }
        return number
    }

    func bool(_ key: String, default standard: Bool) throws(Problem) -> Bool {
        guard let value = object[key] else { return standard }
        guard case .bool(let answer) = value else {
            throw .wrongType(key: key, found: value.kind, expected: "true or false")
        }
        return answer
    }

    func string(_ key: String) throws(Problem) -> String? {
        guard let value = object[key] else { return nil }
        guard case .string(let text) = value else {
            throw .wrongType(key: key, found: value.kind, expected: "a string")
        }
        return text
    }

    func object(_ key: String) throws(Problem) -> ConfigurationObject? {
        guard let value = object[key] else { return nil }
        guard case .object(let inner) = value else {
            throw .wrongType(key: key, found: value.kind, expected: "an object")
        }
        return ConfigurationObject(inner)
    }

    /// Refuses a setting that changes what the weights mean; ignoring one would give wrong numbers in silence.
    func refuse(_ key: String, unless supported: JSONValue, _ wording: String) throws(Problem) {
        guard let found = object[key], found != supported else { return }
        throw .unsupportedSetting(key: key, found: found.kind, supported: wording)
    }

    func activation(
        _ key: String, default standard: BackboneConfiguration.Activation,
        among known: [(String, BackboneConfiguration.Activation)]
    ) throws(Problem) -> BackboneConfiguration.Activation {
        guard let text = try string(key) else { return standard }
        guard let activation = known.first(where: { $0.0 == text })?.1 else {
            throw .unknownActivation(key: key, found: text, supported: known.map(\.0))
        }
        return activation
    }

    func seed() throws(Problem) -> UInt64? {
        guard let value = object["initializer_seed"] else { return nil }
        guard case .number(let text) = value, let seed = UInt64(text) else {
            throw .wrongType(
                key: "initializer_seed", found: value.kind, expected: "a whole number from 0 to 2^64 - 1")
        }
        return seed
    }
}
