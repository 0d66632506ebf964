import BipackPixels
import COIIO
import Glibc

/// The dynamic library BipackOIIO, loaded on first use: next to the program, in `../lib`, next to
/// the library this code is in, or wherever the system's loader finds it.
final class OIIOLibrary: @unchecked Sendable {
  // SAFETY: the table is constant for the life of the process; its functions work on handles.
  let api: bipack_oiio_api

  private init(_ api: bipack_oiio_api) { self.api = api }

  private enum State {
    case unknown
    case loaded(OIIOLibrary)
    case failed(String)
  }
  private static let state = Locked(State.unknown)

  /// The library, or an error that names what to install.
  static func shared(for path: String) throws(ImageFileError) -> OIIOLibrary {
    let result = state.withLock { state -> State in
      if case .unknown = state { state = load() }
      return state
    }
    switch result {
    case .loaded(let library): return library
    case .failed(let reason): throw .missingLibrary(path, reason)
    case .unknown: throw .missingLibrary(path, "it was never tried")
    }
  }

  private static func load() -> State {
    #if os(macOS)
      let name = "libBipackOIIO.dylib"
    #else
      let name = "libBipackOIIO.so"
    #endif
    var places: [String] = []
    for folder in [coiio_program_folder, coiio_own_folder] {
      let (isKnown, path) = withMessage { text, size in folder(text, size) }
      if isKnown == 1 { places += [path + "/" + name, path + "/../lib/" + name] }
    }
    var reason = "\(name) was not found"
    for place in places + [name] {
      if place != name, access(place, R_OK) != 0 { continue }
      guard let handle = dlopen(place, RTLD_NOW | RTLD_LOCAL) else {
        reason = dlerror().map { String(cString: $0) } ?? reason
        continue
      }
      guard let symbol = dlsym(handle, "bipack_oiio_table") else {
        reason = "\(place) is not Bipack's"
        continue
      }
      let function = unsafeBitCast(symbol, to: bipack_oiio_table_function.self)
      guard let table = function() else {
        reason = "\(place) was built without OpenImageIO (package trait 'OIIO')"
        continue
      }
      guard table.pointee.version == Int32(BIPACK_OIIO_VERSION) else {
        reason = "\(place) is of another version"
        continue
      }
      return .loaded(OIIOLibrary(table.pointee))
    }
    return .failed(reason)
  }
}

/// Calls a function that leaves its complaint in a buffer.
func withMessage<Result>(
  _ body: (UnsafeMutablePointer<CChar>, Int) -> Result
) -> (result: Result, message: String) {
  var buffer = [CChar](repeating: 0, count: 512)
  let result = buffer.withUnsafeMutableBufferPointer { pointer -> Result? in
    pointer.baseAddress.map { body($0, pointer.count) }
  }
  let text = buffer.withUnsafeBytes { bytes in
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
  guard let result else { preconditionFailure("a buffer of 512 has an address") }
  return (result, text)
}
