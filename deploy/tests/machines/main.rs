//! Whole machines: the image of the repository's own site, booted on each
//! machine and run as a process, and asked by real clients.
//!
//! Each check is written once, as a function of a running guest, and is a test
//! in each life. [`harness`] starts the guests; those of the checks that harm
//! nobody share one, one after the other.
#![expect(clippy::unwrap_used, reason = "tests")]

mod endings;
mod garbage;
mod harness;
mod idle;
mod load;
mod pages;
mod redirects;
mod zone;

/// One test for each check.
macro_rules! checks {
    ($life:expr, $($module:ident::$check:ident)+) => {
        $(#[test]
        fn $check() {
            crate::harness::check($life, crate::$module::$check);
        })+
    };
}

/// The checks that every life must pass.
macro_rules! all_checks {
    ($life:expr) => {
        checks! {
            $life,
            garbage::garbage_on_any_port_harms_nobody
            idle::an_idle_guest_uses_no_cpu
            load::two_hundred_connections_at_once
            pages::every_page_over_http1
            pages::every_page_over_http2
            pages::what_does_not_exist_is_not_found
            pages::what_did_not_change_is_not_sent_again
            redirects::http_leads_to_https
            redirects::aliases_lead_to_their_pages
            zone::every_record_over_udp
            zone::every_record_over_tcp
            zone::names_that_do_not_exist
        }

        #[test]
        fn powers_off_cleanly() {
            crate::endings::powers_off_cleanly($life);
        }
    };
}

/// The ways in which only a machine can fail.
macro_rules! all_failures {
    ($life:expr) => {
        #[test]
        fn too_little_memory() {
            crate::endings::too_little_memory($life);
        }

        #[test]
        fn no_network_device() {
            crate::endings::no_network_device($life);
        }

        #[test]
        fn no_entropy() {
            crate::endings::no_entropy($life);
        }

        #[test]
        fn bad_boot_parameter() {
            crate::endings::bad_boot_parameter($life);
        }

        #[test]
        fn bad_program_argument() {
            crate::endings::bad_program_argument($life);
        }
    };
}

mod process {
    all_checks!(crate::harness::Lived::Process);
}

mod q35 {
    all_checks!(crate::harness::Lived::Q35);
    all_failures!(crate::harness::Lived::Q35);
}

mod microvm {
    all_checks!(crate::harness::Lived::Microvm);
    all_failures!(crate::harness::Lived::Microvm);
}
