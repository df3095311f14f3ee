use anchor_lang::{pinocchio::cpi::set_return_data, prelude::*};
use plimsoll_engine::liquidation_price::liquidation_price;

use crate::{
    checked::Checked,
    errors::PlimsollError,
    legs,
    state::{MarginAccount, Market},
    views::LiquidationPrice,
};

/// Says at which price of one leg's market an account becomes liquidatable, all else unchanged, as return data. Writes
/// nothing. The markets of the other legs follow.
#[derive(Accounts)]
pub struct ViewLiquidationPrice {
    pub margin: Account<MarginAccount>,
    pub market: Account<Market>,
}

impl ViewLiquidationPrice {
    pub fn handle(&mut self, others: &[AccountView]) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        let (margin, address) = (&self.margin, self.market.address());
        let place = margin.leg_in(address).ok_or(PlimsollError::WrongLeg)?;
        let rest = legs::rest(margin, (address, &self.market), others, now)?;
        let position = margin.position(place);
        let found = liquidation_price(margin.cash, &rest.health, &position, &self.market.core).checked()?;
        let price = found.map_or(0, |price| price.0);
        set_return_data(bytemuck::bytes_of(&LiquidationPrice { price, market_price: self.market.core.price.oracle.0 }));
        Ok(())
    }
}
