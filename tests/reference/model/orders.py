"""Orders in two steps. Specification 2, ADR 9, 15 and 18."""

from .exact import Reasons, Refusal, mulc, u64
from .state import HALTED


def place(cash, market, request, now):
    """Takes the fee out of cash; `t` is the later of the cluster's clock and the newest publish time used."""
    reasons, risk = Reasons(), market.risk
    size = abs(request["lots"])
    reasons.refuse("ZeroAmount", size == 0)
    reasons.refuse("MarketNotOpen", market.status > HALTED)
    given = request["trigger"]
    trigger = given or {"price": 0, "above": False}
    reasons.refuse("ZeroAmount", given is not None and given["price"] == 0)
    fee = u64(mulc(risk.fee, u64(size * market.price.oracle)) + risk.execution_fee)
    reasons.refuse("InsufficientCash", fee > cash)
    reasons.settle()
    placed = max(now, market.price.publish_time)
    return cash - fee, {"fee": fee, "execution_fee": risk.execution_fee, "placed_at": placed, "trigger": trigger}


def stage(risk, placed_at, now):
    """Waiting until `t + d - lag`, then binding, expired from `t + d + 2 w` on."""
    executes = placed_at + risk.order_delay
    if now < executes - risk.clock_lag:
        return "waiting"
    return "binding" if now <= executes + 2 * risk.order_window else "expired"


def require_update(risk, placed_at, update):
    """The one update with `previous < t + d <= publish`, within the window."""
    executes = placed_at + risk.order_delay
    first = update.previous_publish_time < executes <= update.publish_time
    if not first or update.publish_time > executes + risk.order_window:
        raise Refusal("WrongUpdate")


def size_against(order, held):
    """A reduce-only order trades at most what is held."""
    lots = order["lots"]
    if not order["reduce_only"]:
        return lots
    if held * lots >= 0:
        raise Refusal("ReduceOnly")
    return lots if abs(lots) <= abs(held) else -held


def split_fee(order, executor):
    """The executor's part, if there is one, and the treasury's."""
    part = min(order["execution_fee"], order["fee"]) if executor else 0
    return part, order["fee"] - part


def fire(market, order, update, now):
    """A trigger fires by an update that came after the order. Formulas 8."""
    reasons, risk, trigger = Reasons(), market.risk, order["trigger"]
    reasons.refuse("WrongTrigger", trigger["price"] == 0)
    reasons.refuse("MarketNotOpen", market.status > HALTED)
    reasons.refuse("PriceNotNewer", update.publish_time <= order["placed_at"])
    reasons.refuse("PriceFromFuture", update.publish_time > now + risk.clock_lag)
    reasons.refuse("PriceTooOld", now - update.publish_time > risk.max_price_age)
    beyond = update.oracle >= trigger["price"] if trigger["above"] else update.oracle <= trigger["price"]
    reasons.refuse("TriggerNotMet", not beyond)
    reasons.settle()
    return {"placed_at": max(now, update.publish_time, market.price.publish_time), "price": update.oracle}
