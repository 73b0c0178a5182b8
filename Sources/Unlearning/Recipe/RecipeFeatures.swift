package import Engine

extension Recipe {
    /// How the outputs of the frozen layers are kept between trainings.
    package struct FeatureOptions: Sendable, Equatable, Codable {
        /// Bytes that all files of features together may have; 0: none are written. Changes no bit.
        package var budget = 2 << 30
        /// What features are rounded to, stored or not.
        package var precision = FeaturePrecision.f32

        package init() {}
    }
}

extension KeyedDecodingContainer {
    /// A recipe that was kept before there was this choice reads as one that left it out.
    func decode(_ type: Recipe.FeatureOptions.Type, forKey key: Key) throws -> Recipe.FeatureOptions {
        try decodeIfPresent(type, forKey: key) ?? Recipe.FeatureOptions()
    }
}
