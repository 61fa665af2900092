//! Thinning long series for drawing, so that no spike is lost.

/// Thins a curve given in drawing coordinates to what columns of width `column` can show.
///
/// Of each run of successive points that fall in one column, the first, lowest, highest and last
/// are kept in their order, so the drawn line covers the same pixels. Points whose coordinates
/// are not numbers break the curve: the result is its unbroken pieces, and none of them is empty.
/// A curve that goes back and forth (a loop) is cut into columns by the order of its points,
/// which keeps it correct and merely thins it less.
pub fn thin(points: &[(f64, f64)], column: f64) -> Vec<Vec<(f64, f64)>> {
    points
        .split(|(x, y)| !(x.is_finite() && y.is_finite()))
        .filter(|piece| !piece.is_empty())
        .map(|piece| thin_piece(piece, column))
        .collect()
}

fn thin_piece(piece: &[(f64, f64)], column: f64) -> Vec<(f64, f64)> {
    let column_of = |point: &(f64, f64)| (point.0 / column).floor();
    let mut kept = Vec::new();
    for run in piece.chunk_by(|a, b| column_of(a) == column_of(b)) {
        let (mut lowest, mut highest) = (0, 0);
        for (index, point) in run.iter().enumerate() {
            if point.1 < run[lowest].1 {
                lowest = index;
            }
            if point.1 > run[highest].1 {
                highest = index;
            }
        }
        let mut chosen = [0, lowest.min(highest), lowest.max(highest), run.len() - 1].to_vec();
        chosen.dedup();
        kept.extend(chosen.into_iter().map(|index| run[index]));
    }
    kept
}
