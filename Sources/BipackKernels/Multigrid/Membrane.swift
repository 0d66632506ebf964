import BipackPixels
import CVector

/// What a hole in a picture is filled with by the pixels around it alone: a membrane stretched over its rim, or one that
/// has the slopes it is told to have.
///
/// The channels share one `Multigrid`. Known pixels that are no numbers in one of them, or more than half floats hold, are
/// taken as not there: the hole's rim is then the others. Pixels that no known one is connected to have no answer,
/// and stay as they are in the picture.
package struct Membrane: Sendable {
  /// What the fill bends towards.
  package enum Slopes: Sendable {
    /// Towards none: as even as can be.
    case none
    /// Those of another picture, whose pixels are so cloned into this one, its light following the rim (Pérez, Gangnet &
    /// Blake, *Poisson image editing*, 2003).
    case of(Image)
    /// The sum of a pixel's neighbours less as many times itself, given for each.
    case divergence(Image)
  }

  private let picture: Image
  private let channels: [Channel]
  private let guide: Image?
  private let multigrid: Multigrid
  /// What was found less `offsets`, and less the guide.
  private let values: [Scratch]
  private let offsets: [Float]
  /// Rounds of the solver for each channel.
  let rounds: [Int]

  package static func workingBytes(_ window: Rect, channels: Int) -> Int {
    Multigrid.workingBytes(window, channels: channels + 1)
  }

  /// - Parameters:
  ///   - hole: pixels of the picture, whose window is what is there of it.
  package init(
    _ picture: Image, _ channels: [Channel], hole: PixelSet, slopes: Slopes = .none,
    pool: BlockPool,
    loops: Loops
  ) {
    var cells = GridCells(hole, loops: loops)
    cells.drop(unusableIn: picture, channels, pool: pool, loops: loops)
    if case .of(let guide) = slopes {
      self.guide = guide
      cells.drop(unusableIn: guide, channels, pool: pool, loops: loops)
    } else {
      guide = nil
    }
    cells.dropUnreachable(loops)
    let multigrid = Multigrid(cells, pool: pool, loops: loops)
    let finest = multigrid.finest
    (self.picture, self.channels, self.multigrid) = (picture, channels, multigrid)
    var (values, offsets, rounds): ([Scratch], [Float], [Int]) = ([], [], [])
    for channel in channels {
      let plane = finest.plane()
      let offset = finest.gatherKnown(channel, of: picture, less: guide, into: plane, loops)
      var right: Scratch?
      if case .divergence(let field) = slopes {
        let plane = finest.plane()
        finest.gatherUnknown(channel, of: field, times: -1, into: plane, loops)
        right = plane
      }
      rounds.append(multigrid.solve(plane, right: right, loops))
      values.append(plane)
      offsets.append(offset)
    }
    (self.values, self.offsets, self.rounds) = (values, offsets, rounds)
  }

  /// Puts what was found of a channel into a part of the picture, and leaves the rest of it.
  package func fill(_ channel: Int, _ target: PlaneView, loops: Loops) {
    multigrid.finest.putUnknown(
      values[channel], plus: offsets[channel], and: guide, channels[channel], into: target, loops)
  }
}
