import Unlearning

extension LineFit {
    /// The line as people read it, with the sign of its slope, and what a slope that cannot be means. `more` stands behind R^2.
    func tell(more: String = "") {
        Console.out(
            "seconds = \(intercept.fixed(3)) \(slope < 0 ? "-" : "+") \((slope.magnitude * 1000).fixed(3)) for every 1000 record-passes, "
                + "R^2 = \(rSquared.fixed(4))\(more)")
        if let remark { Console.out(remark) }
    }
}
