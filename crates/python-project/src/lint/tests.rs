//! Tables of configuration files and the style they give.
