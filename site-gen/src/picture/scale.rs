//! Pictures made smaller or larger, by Lanczos' filter with three lobes: each
//! new pixel is a weighted mean of the old ones near it, first along rows, then
//! along columns.
//!
//! Rows are read one after the other, and only those that the next new row is
//! made of are kept: memory is a few rows, whatever the picture. Colours are
//! weighted by their opacity, so that what cannot be seen has no part in what
//! can.

use std::collections::VecDeque;
use std::f32::consts::PI;

use super::pixels::{Colors, Pixels};

/// How far the filter reaches, in pixels of the smaller picture.
const LOBES: f32 = 3.0;

/// Red, green, blue, each times opacity; and opacity.
type Color = [f32; 4];

/// The picture in another size.
pub(super) fn scale(pixels: &Pixels, width: u32, height: u32) -> Pixels {
    if (pixels.width, pixels.height) == (width, height) {
        return pixels.clone();
    }
    let columns = weights(pixels.width, width);
    let rows = weights(pixels.height, height);
    let stride = pixels.width as usize * 4;
    let mut source = pixels.rgba.chunks_exact(stride).zip(0..);
    // The rows that were read last, in the new width, and the number of the first.
    let mut window: VecDeque<Vec<Color>> = VecDeque::new();
    let mut first = 0;
    let mut line = vec![[0.0; 4]; pixels.width as usize];
    let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
    for row in &rows {
        while first < row.start && window.pop_front().is_some() {
            first += 1;
        }
        while first + window.len() < row.start + row.weights.len() {
            let Some((bytes, number)) = source.next() else {
                break;
            };
            if number < row.start {
                first = number + 1;
                continue;
            }
            read_line(bytes, &mut line, pixels.colors);
            window.push_back(columns.iter().map(|column| column.mean(&line)).collect());
        }
        for x in 0..width as usize {
            let mut sum = [0.0; 4];
            for (line, weight) in window.iter().zip(&row.weights) {
                add(&mut sum, line[x], *weight);
            }
            rgba.extend(to_bytes(sum, pixels.colors));
        }
    }
    Pixels {
        width,
        height,
        rgba,
        colors: pixels.colors,
    }
}

/// What a new pixel is made of: the first old one, and the part of each.
struct Weights {
    start: usize,
    weights: Vec<f32>,
}

impl Weights {
    fn mean(&self, line: &[Color]) -> Color {
        let mut sum = [0.0; 4];
        for (color, weight) in line[self.start..].iter().zip(&self.weights) {
            add(&mut sum, *color, *weight);
        }
        sum
    }
}

/// For each new pixel of a row.
fn weights(old: u32, new: u32) -> Vec<Weights> {
    let step = old as f32 / new as f32;
    let stretch = step.max(1.0);
    let reach = LOBES * stretch;
    let of = |index: u32| {
        let center = (index as f32 + 0.5) * step;
        let start = ((center - reach).floor().max(0.0) as usize).min(old as usize - 1);
        let end = ((center + reach).ceil() as usize).clamp(start + 1, old as usize);
        let mut weights: Vec<f32> = (start..end)
            .map(|pixel| lanczos((pixel as f32 + 0.5 - center) / stretch))
            .collect();
        let sum: f32 = weights.iter().sum();
        for weight in &mut weights {
            *weight /= sum;
        }
        Weights { start, weights }
    };
    (0..new).map(of).collect()
}

fn lanczos(x: f32) -> f32 {
    if x.abs() >= LOBES {
        return 0.0;
    }
    let sinc = |x: f32| {
        if x == 0.0 {
            1.0
        } else {
            (PI * x).sin() / (PI * x)
        }
    };
    sinc(x) * sinc(x / LOBES)
}

fn add(sum: &mut Color, color: Color, weight: f32) {
    for (sum, value) in sum.iter_mut().zip(color) {
        *sum += value * weight;
    }
}

fn read_line(bytes: &[u8], line: &mut [Color], colors: Colors) {
    for (color, pixel) in line.iter_mut().zip(bytes.chunks_exact(4)) {
        let [red, green, blue, opacity] = [pixel[0], pixel[1], pixel[2], pixel[3]].map(f32::from);
        let part = match colors {
            Colors::Transparent => opacity / 255.0,
            Colors::Gray | Colors::Opaque => 1.0,
        };
        *color = [red * part, green * part, blue * part, opacity];
    }
}

fn to_bytes([red, green, blue, opacity]: Color, colors: Colors) -> [u8; 4] {
    // The cast ends at 0 and 255.
    let byte = |value: f32| (value + 0.5) as u8;
    match colors {
        Colors::Gray | Colors::Opaque => [byte(red), byte(green), byte(blue), u8::MAX],
        Colors::Transparent if byte(opacity) == 0 => [0; 4],
        Colors::Transparent => {
            let whole = 255.0 / opacity;
            let [red, green, blue] = [red, green, blue].map(|color| byte(color * whole));
            [red, green, blue, byte(opacity)]
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::picture::samples::drawn;

    #[test]
    fn edges_stay_where_they_are() {
        let halves = drawn(64, 16, Colors::Opaque, |x, _| {
            let level = if x < 32 { 40 } else { 200 };
            [level, level, level, 255]
        });
        let small = scale(&halves, 16, 4);
        let level = |x: usize, y: usize| small.rgba[(y * 16 + x) * 4];
        for y in 0..4 {
            assert!(level(2, y).abs_diff(40) <= 1 && level(13, y).abs_diff(200) <= 1);
            assert!(level(7, y) < 100 && level(8, y) > 140);
        }
    }

    #[test]
    fn what_cannot_be_seen_gives_no_colour() {
        // Red beside green that is wholly transparent.
        let halves = drawn(40, 4, Colors::Transparent, |x, _| {
            if x < 20 {
                [255, 0, 0, 255]
            } else {
                [0, 255, 0, 0]
            }
        });
        let small = scale(&halves, 10, 1);
        for pixel in small.rgba.chunks_exact(4) {
            assert!(
                pixel[3] == 0 || (pixel[0] > 250 && pixel[1] < 5),
                "{pixel:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn one_colour_stays_that_colour(
            (width, height) in (1..90_u32, 1..90_u32),
            (new_width, new_height) in (1..90_u32, 1..90_u32),
            color: [u8; 3],
        ) {
            let [red, green, blue] = color;
            let plain = drawn(width, height, Colors::Opaque, |_, _| [red, green, blue, 255]);
            let scaled = scale(&plain, new_width, new_height);
            prop_assert_eq!(scaled.rgba.len(), (new_width * new_height * 4) as usize);
            for pixel in scaled.rgba.chunks_exact(4) {
                prop_assert_eq!(pixel, [red, green, blue, 255]);
            }
        }
    }
}
