//! Rules of the model that are shown by what many steps add up to.

mod device;
mod time;
mod time_property;
