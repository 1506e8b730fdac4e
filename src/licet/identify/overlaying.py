"""What meets when the peaks of a query are laid over those of a recording: compiled, and nothing but arrays and loops.

A plain loop compiles in a fraction of the time that numpy's own functions take, and runs as fast.

Throughout, `frames` and `pitches` are the query's peaks in order of time, `there` and `tones` the recording's,
[shape=(n_peaks,)], float64, frames and log2 Hz; a line is (time factor, start in frames, interval in octaves).
Two peaks meet within `NEAR_FRAMES` and `NEAR_PITCH`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from licet.identify.compiling import kernel
from licet.identify.quantising import LOWEST, STEPS

NEAR_FRAMES = 1.0
NEAR_PITCH = 0.0130  # octaves, a seventh of a semitone
REACH = 8.0  # frames off a line that was voted for
DRIFT = 0.013  # of the time factor that was tried: half of the grid's step, and a little

_RUNG = 1 / STEPS  # octaves between two rungs of the ladder: those that peaks are stored by
_RUNGS = 2112  # 5.5 octaves
_NEAR_RUNGS = 5
_POINTS = 8192  # meetings looked at for a line
_LAGS = 24_000  # offsets looked at: nine minutes
_ASIDE = 24  # steps of `NEAR_PITCH` to each side
_APART = 12.0  # frames between two offsets that are not one
_OVERLAP = 0.8  # of what sounds together, that another offset must have to be compared

Doubles = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]


@kernel()
def ladder(tones: Doubles) -> tuple[Indices, Indices]:
    """Sort peaks by pitch: (where each rung begins, [shape=(n_rungs + 1,)]; the peaks in order)."""
    begins = np.zeros(_RUNGS + 1, np.int64)
    for tone in tones:
        begins[_rung(tone) + 1] += 1
    for rung in range(_RUNGS):
        begins[rung + 1] += begins[rung]
    order, free = np.empty(len(tones), np.int64), begins[:-1].copy()
    for peak in range(len(tones)):
        rung = _rung(tones[peak])
        order[free[rung]] = peak
        free[rung] += 1
    return begins, order


@kernel()
def surprises(pitches: Doubles, begins: Indices, length: float) -> Doubles:
    """Return what it tells if each peak meets one, in nats: how seldom its pitch sounds in `length` frames."""
    result = np.empty(len(pitches))
    for peak in range(len(pitches)):
        first, last = _rungs(pitches[peak])
        sounding = (begins[last] - begins[first] + 0.5) * 2 * NEAR_FRAMES / length
        result[peak] = -np.log(1 - np.exp(-sounding))
    return result


@kernel()
def straightest(
    frames: Doubles,
    pitches: Doubles,
    weights: Doubles,
    there: Doubles,
    tones: Doubles,
    line: tuple[float, float, float],
    reach: float,
) -> tuple[float, float]:
    """Return (time factor, start) of the line near `line` on which the greatest weight meets (P. Hough, 1962)."""
    factor, start, interval = line
    across, off, heavy = np.empty(_POINTS), np.empty(_POINTS), np.empty(_POINTS)
    points, first = 0, 0
    for peak in range(len(frames)):
        when = frames[peak] * factor + start
        while first < len(there) and there[first] < when - reach:
            first += 1
        other = first
        while other < len(there) and there[other] <= when + reach and points < _POINTS:
            if abs(tones[other] - pitches[peak] + interval) <= NEAR_PITCH:
                across[points], off[points], heavy[points] = frames[peak], there[other] - when, weights[peak]
                points += 1
            other += 1
    middle = 0.5 * (frames[0] + frames[-1])
    half = 0.5 * factor * (frames[-1] - frames[0])
    slopes = int(np.ceil(DRIFT * half / 0.5))
    cells = int(4 * (reach + DRIFT * half)) + 8
    best, best_slope, best_off = -1.0, 0.0, 0.0
    for step in range(-slopes, slopes + 1):
        slope = DRIFT * step / max(slopes, 1)
        votes = np.zeros(cells)
        for point in range(points):
            cell = int((off[point] - slope * factor * (across[point] - middle)) * 2 + cells / 2)
            if 0 <= cell < cells:
                votes[cell] += heavy[point]
        for cell in range(1, cells - 2):
            weight = votes[cell - 1] + votes[cell] + votes[cell + 1] + votes[cell + 2]
            if weight > best:
                best, best_slope, best_off = weight, slope, (cell + 1 - cells / 2) / 2
    turned = factor * (1 + best_slope)
    return turned, start + best_off + (factor - turned) * middle


@kernel()
def fitted(
    frames: Doubles, pitches: Doubles, there: Doubles, tones: Doubles, line: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Fit a line to the peaks that meet near `line`: by least squares in time, by the median in pitch."""
    factor, start, interval = line
    rises = np.empty(len(frames))
    for reach in (1.5 * NEAR_FRAMES, NEAR_FRAMES, NEAR_FRAMES):
        nearest = _nearest(frames, pitches, there, tones, (factor, start, interval), reach)
        met, here, away = 0, 0.0, 0.0
        for peak in range(len(frames)):
            if nearest[peak] >= 0:
                here += frames[peak]
                away += there[nearest[peak]]
                rises[met] = pitches[peak] - tones[nearest[peak]]
                met += 1
        if met < 4:
            break
        here, away = here / met, away / met
        spread, slope = 0.0, 0.0
        for peak in range(len(frames)):
            if nearest[peak] >= 0:
                spread += (frames[peak] - here) ** 2
                slope += (frames[peak] - here) * (there[nearest[peak]] - away)
        if spread > 400.0 * met:  # otherwise all lie too close together to tell
            slope /= spread
            factor = slope if abs(slope / factor - 1) < 0.005 else factor
        start = away - factor * here
        interval = _median(rises[:met])
    return factor, start, interval


@kernel()
def meetings(
    frames: Doubles, pitches: Doubles, there: Doubles, tones: Doubles, line: tuple[float, float, float]
) -> Indices:
    """Return which of the recording's peaks each of the query's meets on `line`, or -1; no two the same one."""
    nearest = _nearest(frames, pitches, there, tones, line, NEAR_FRAMES)
    for peak in range(1, len(frames)):
        before = peak - 1
        while nearest[peak] >= 0 and before >= 0 and frames[peak] - frames[before] <= 3 * NEAR_FRAMES:
            if nearest[before] == nearest[peak]:
                nearest[peak] = -1
            before -= 1
    return nearest


@kernel()
def over_offsets(
    frames: Doubles,
    pitches: Doubles,
    weights: Doubles,
    sorted_there: Doubles,
    begins: Indices,
    line: tuple[float, float, float],
) -> tuple[float, float, float]:
    """Weigh what meets at `line`'s offset, and at all others at its factors: (here; mean and deviation there).

    `sorted_there` are the recording's frames in the order of its ladder.
    """
    factor, start, interval = line
    earliest = latest = sorted_there[0]
    for when in sorted_there:
        earliest, latest = min(earliest, when), max(latest, when)
    begin, end = frames[0] * factor, frames[-1] * factor
    origin = start - np.floor(start - (earliest - end)) - 2.0  # so that `start` lies between two lags
    lags = min(int(latest - begin - origin) + 3, _LAGS)
    total = np.zeros(lags)
    last = np.zeros(lags, np.int32)  # the peak that met there last, counted from one
    for peak in range(len(frames)):
        first_rung, last_rung = _rungs(pitches[peak] - interval)
        when = frames[peak] * factor + origin
        for other in range(begins[first_rung], begins[last_rung]):
            # Lag `lag` stands for the offsets a frame to each side of `origin + lag`.
            lag = int(np.floor(sorted_there[other] - when))
            for cell in (lag, lag + 1):
                if 0 <= cell < lags and last[cell] != peak + 1:
                    last[cell] = peak + 1
                    total[cell] += weights[peak]
    own = min(max(int(np.rint(start - origin)), 0), lags - 1)
    here = total[own]
    alike = max(min(latest, end + start) - max(earliest, begin + start), 1.0)
    count, mean, square = 0, 0.0, 0.0
    for lag in range(lags):
        offset = origin + lag
        together = min(latest, end + offset) - max(earliest, begin + offset)
        if abs(lag - own) > _APART and together >= _OVERLAP * alike:
            count += 1
            mean += total[lag]
            square += total[lag] ** 2
    # The recording may be too short to be compared with itself: then chance is all that can be reckoned with.
    expected, spread = 0.0, 0.0
    for weight in weights:
        chance = np.exp(-weight)
        expected += weight * chance
        spread += weight**2 * chance * (1 - chance)
    spread = np.sqrt(spread)
    if count:
        mean /= count
        spread = max(spread, np.sqrt(max(square / count - mean**2, 0.0)))
        expected = max(expected, mean)
    return here, expected, spread + 1.0


@kernel()
def over_pitches(
    frames: Doubles,
    pitches: Doubles,
    weights: Doubles,
    there: Doubles,
    tones: Doubles,
    line: tuple[float, float, float],
) -> tuple[float, float]:
    """Weigh what meets on `line`, and with the query moved in pitch: (here; the most aside)."""
    factor, start, interval = line
    total = np.zeros(2 * _ASIDE + 1)
    last = np.zeros(2 * _ASIDE + 1, np.int32)  # as above
    first = 0
    for peak in range(len(frames)):
        when = frames[peak] * factor + start
        while first < len(there) and there[first] < when - NEAR_FRAMES:
            first += 1
        other = first
        while other < len(there) and there[other] <= when + NEAR_FRAMES:
            step = int(np.rint((tones[other] - pitches[peak] + interval) / NEAR_PITCH)) + _ASIDE
            if 0 <= step <= 2 * _ASIDE and last[step] != peak + 1:
                last[step] = peak + 1
                total[step] += weights[peak]
            other += 1
    here = max(total[_ASIDE - 1], total[_ASIDE], total[_ASIDE + 1])
    greatest = 0.0
    for step in range(2 * _ASIDE + 1):
        if abs(step - _ASIDE) > 2:
            greatest = max(greatest, total[step])
    return here, greatest + 1.0


@kernel()
def _nearest(
    frames: Doubles,
    pitches: Doubles,
    there: Doubles,
    tones: Doubles,
    line: tuple[float, float, float],
    reach: float,
) -> Indices:
    """Return for each of the query's peaks the recording's nearest in time that it meets, or -1."""
    factor, start, interval = line
    result = np.empty(len(frames), np.int64)
    first = 0
    for peak in range(len(frames)):
        result[peak] = -1
        when = frames[peak] * factor + start
        while first < len(there) and there[first] < when - reach:
            first += 1
        other, best = first, np.inf
        while other < len(there) and there[other] <= when + reach:
            apart = abs(there[other] - when)
            if apart < best and abs(tones[other] - pitches[peak] + interval) <= NEAR_PITCH:
                best, result[peak] = apart, other
            other += 1
    return result


@kernel()
def _median(values: Doubles) -> float:
    """Return the median of `values`, at least one, and leave them in another order (C. A. R. Hoare's FIND, 1961)."""
    half = len(values) // 2
    low, high = 0, len(values) - 1
    while low < high:
        pivot, left, right = values[half], low, high
        while left <= right:
            while values[left] < pivot:
                left += 1
            while pivot < values[right]:
                right -= 1
            if left <= right:
                values[left], values[right] = values[right], values[left]
                left, right = left + 1, right - 1
        if right < half:
            low = left
        if half < left:
            high = right
    below: float = values[half]
    if len(values) % 2 == 0:
        below = values[0]
        for at in range(1, half):
            below = max(below, values[at])
    return 0.5 * (below + float(values[half]))


@kernel()
def _rung(tone: float) -> int:
    return min(max(int(np.rint((tone - LOWEST) / _RUNG)), 0), _RUNGS - 1)


@kernel()
def _rungs(tone: float) -> tuple[int, int]:
    """Return the first rung near `tone`, and the one after the last."""
    rung = int(np.rint((tone - LOWEST) / _RUNG))
    return min(max(rung - _NEAR_RUNGS, 0), _RUNGS), min(max(rung + _NEAR_RUNGS + 1, 0), _RUNGS)


@kernel()
def likeliest(met: Flags, weights: Doubles, share: float) -> tuple[int, int]:
    """Return (first, last) of the run of peaks that is best told by a copy of which `share` of the peaks meet.

    A peak that meets speaks for the copy as its weight says, one that does not speaks against it; the run with the
    greatest sum wins.
    """
    best, best_first, best_last = -np.inf, 0, 0
    total, first = 0.0, 0
    for peak in range(len(met)):
        if total <= 0:
            total, first = 0.0, peak
        if met[peak]:
            total += weights[peak] + np.log(share)
        else:
            total += np.log((1 - share) / (1 - np.exp(-weights[peak])))
        if total > best:
            best, best_first, best_last = total, first, peak
    return best_first, best_last
