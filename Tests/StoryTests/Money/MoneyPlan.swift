/// Transfers that a seed decides, and an app that carries them out.
struct MoneyPlan: Sendable {
    struct Transfer: Sendable {
        let id: String
        let from: String
        let to: String
        let amount: Int
    }

    static let accounts = 10
    /// In each account at first: little enough that transfers are refused too.
    static let opening = 300

    let transfers: [Transfer]
    let byID: [String: Transfer]

    init(count: Int, _ random: inout some RandomNumberGenerator) {
        transfers = (1...count).map { number in
            let from = Int.random(in: 0..<Self.accounts, using: &random)
            let to = (from + Int.random(in: 1..<Self.accounts, using: &random)) % Self.accounts
            let amount = Int.random(in: 1...200, using: &random)
            return Transfer(id: "\(number)", from: "\(from)", to: "\(to)", amount: amount)
        }
        byID = Dictionary(uniqueKeysWithValues: transfers.map { ($0.id, $0) })
    }

    /// Half of the deposits are in the step that withdraws; the others are sent, and so in a step of their
    /// own: money is on the way between the two.
    static let app = """
        aggregate "account" {
          initial = { balance = 0 },
          commands = {
            open = function(account, args) emit("Opened", args) end,
            withdraw = function(account, args)
              if account.balance < args.amount then reject("insufficient-funds", "there is less") end
              emit("Withdrawn", args)
            end,
            deposit = function(account, args) emit("Deposited", args) end,
          },
          events = {
            Opened = function(account, e) account.balance = e.data.amount end,
            Withdrawn = function(account, e) account.balance = account.balance - e.data.amount end,
            Deposited = function(account, e) account.balance = account.balance + e.data.amount end,
          },
        }

        aggregate "transfer" {
          commands = { request = function(transfer, args) emit("Requested", args) end },
        }

        handler "transfers" {
          on = "transfer.Requested",
          run = function(e)
            local part = { transfer = e.key, amount = e.data.amount }
            if not command("account", e.data.from, "withdraw", part) then
              return emit(e.stream, "Refused", part)
            end
            local deposit = e.data.amount % 2 == 0 and command or send
            deposit("account", e.data.to, "deposit", part)
            emit(e.stream, "Completed", part)
          end,
        }
        """
}
