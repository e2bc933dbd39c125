//! The sockets that processes listen on. Read [`listening`]; it never dials any.
#![allow(clippy::disallowed_methods, reason = "sockets are looked up in /proc")]

use std::collections::BTreeSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use crate::members::Member;
use crate::session::system_text;

/// Where something listens. Those of TCP come first: gunicorn also has a control socket.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Address {
    /// An address of the network; one for all interfaces is given as loopback.
    Tcp(SocketAddr),
    /// A socket in the file system.
    Unix(PathBuf),
}

/// What the members listen on: network addresses, or sockets in the file system when there are none.
pub(crate) fn listening(members: &[Member]) -> Vec<Address> {
    let inodes: BTreeSet<String> = members.iter().flat_map(|member| inodes(*member)).collect();
    let mut found: BTreeSet<Address> = BTreeSet::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        found.extend(system_text(Path::new(table)).lines().filter_map(|line| tcp(line, &inodes)));
    }
    if found.is_empty() {
        found.extend(system_text(Path::new("/proc/net/unix")).lines().filter_map(|line| unix(line, &inodes)));
    }
    found.into_iter().collect()
}

/// The sockets that a process has open.
fn inodes(member: Member) -> Vec<String> {
    let folder = format!("/proc/{}/fd", member.pid.as_raw_nonzero());
    let links =
        fs::read_dir(folder).into_iter().flatten().flatten().filter_map(|entry| fs::read_link(entry.path()).ok());
    links.filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())).collect()
}

/// `0: 0100007F:1F90 00000000:0000 0A ... INODE`: a line whose state is "listen".
fn tcp(line: &str, inodes: &BTreeSet<String>) -> Option<Address> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    if *fields.get(3)? != "0A" || !inodes.contains(*fields.get(9)?) {
        return None;
    }
    let (address, port) = fields.get(1)?.split_once(':')?;
    let ip = match ip(address)? {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    Some(Address::Tcp(SocketAddr::new(ip, u16::from_str_radix(port, 16).ok()?)))
}

/// An address as the kernel prints it: words of 32 bits, each in the order of bytes of the machine.
fn ip(hex: &str) -> Option<IpAddr> {
    let word = |at: usize| u32::from_str_radix(hex.get(at * 8..at * 8 + 8)?, 16).ok().map(u32::to_ne_bytes);
    match hex.len() {
        8 => Some(IpAddr::from(word(0)?)),
        32 => {
            let bytes: Vec<u8> = [word(0)?, word(1)?, word(2)?, word(3)?].concat();
            Some(IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?))
        }
        _ => None,
    }
}

/// `NUM: REFCOUNT PROTOCOL FLAGS TYPE STATE INODE PATH`: a stream that accepts connections.
fn unix(line: &str, inodes: &BTreeSet<String>) -> Option<Address> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let accepts = *fields.get(3)? == "00010000" && *fields.get(5)? == "01";
    let path = fields.get(7)?;
    (accepts && inodes.contains(*fields.get(6)?) && path.starts_with('/')).then(|| Address::Unix(PathBuf::from(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inodes_of(inode: &str) -> BTreeSet<String> {
        [inode.to_owned()].into()
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn a_server_on_all_interfaces_is_dialled_on_loopback() {
        let line = "   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 77 1 0 100 0 0 10 0";
        assert_eq!(tcp(line, &inodes_of("77")), Some(Address::Tcp("127.0.0.1:8080".parse().unwrap())));
        let line6 = "   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 0:0 00:0 0 1000 0 77 1 0";
        assert_eq!(tcp(line6, &inodes_of("77")), Some(Address::Tcp("[::1]:8080".parse().unwrap())));
        assert_eq!(tcp(line, &inodes_of("78")), None, "another process's socket");
    }

    #[test]
    fn a_connection_is_no_listener() {
        let line = "   1: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 77 1 0 20 4 30 10 -1";
        assert_eq!(tcp(line, &inodes_of("77")), None);
    }

    #[test]
    fn a_socket_in_the_file_system() {
        let line = "0000000000000000: 00000002 00000000 00010000 0001 01 77 /run/shop.sock";
        assert_eq!(unix(line, &inodes_of("77")), Some(Address::Unix(PathBuf::from("/run/shop.sock"))));
        let abstract_name = "0000000000000000: 00000002 00000000 00010000 0001 01 77 @control";
        assert_eq!(unix(abstract_name, &inodes_of("77")), None);
    }
}
