/// Finds the band of a group. Groups are told apart by their bytes, as ids are.
package struct BandIndex: Sendable {
    private let bands: [Recipe.Band]
    private let numbers: [RecordID: Int]

    /// The index of a recipe's bands.
    package init(_ bands: [Recipe.Band]) {
        self.bands = bands
        var numbers: [RecordID: Int] = [:]
        for (number, band) in bands.enumerated() {
            for group in band.groups ?? [] { numbers[RecordID(group)] = number }
        }
        self.numbers = numbers
    }

    /// The band of a group: the last one for all groups that no other names, and for records without a group. Nil:
    /// there are no bands.
    package subscript(group: String?) -> Recipe.Band? {
        group.flatMap { numbers[RecordID($0)] }.map { bands[$0] } ?? bands.last
    }
}
