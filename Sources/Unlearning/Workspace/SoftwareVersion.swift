/// What this software calls itself, in receipts and on the command line.
package let softwareVersion = "0.1.0"
