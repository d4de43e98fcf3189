//! The client's IP address.

use actix_web::HttpRequest;
use std::net::{IpAddr, SocketAddr};

/// The client's address. `X-Forwarded-For` is only read if the request comes from one of our proxies, and then from the
/// right: the first hop that isn't a proxy is the client.
pub fn from_request(request: &HttpRequest, proxies: &[IpAddr]) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.ip().to_canonical());
    if !proxies.contains(&peer) {
        return peer;
    }
    let mut address = peer;
    let forwarded: Vec<&str> =
        request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect();
    for hop in forwarded.iter().flat_map(|value| value.split(',')).rev() {
        // An entry that can't be parsed wasn't written by our proxies, so everything to its left can be forged.
        let Some(hop) = hop_address(hop.trim()) else { break };
        address = hop;
        if !proxies.contains(&hop) {
            break;
        }
    }
    address
}

/// Parses `203.0.113.9`, `203.0.113.9:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`.
fn hop_address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}
