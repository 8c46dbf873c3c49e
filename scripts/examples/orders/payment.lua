-- payment-<order id>: money that came in for an order, and money that went back. Integer cents.

aggregate "payment" {
  initial = { received = 0, refunded = 0 },

  commands = {
    receive = function(_, args)
      if math.type(args.amount) ~= "integer" or args.amount < 1 then
        reject("bad-amount", "a payment needs an amount in cents")
      end
      emit("PaymentReceived", { amount = args.amount })
    end,

    refund = function(payment, args)
      if payment.received - payment.refunded < args.amount then
        reject("nothing-to-refund", "only " .. payment.received - payment.refunded .. " can go back")
      end
      emit("PaymentRefunded", { amount = args.amount, reason = args.reason })
    end,
  },

  events = {
    PaymentReceived = function(payment, e) payment.received = payment.received + e.data.amount end,
    PaymentRefunded = function(payment, e) payment.refunded = payment.refunded + e.data.amount end,
  },
}
