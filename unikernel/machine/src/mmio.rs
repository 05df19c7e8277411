//! Written by the devices' author.
