@_exported import BipackEngine
@_exported import BipackGraph
@_exported import BipackIO
@_exported import BipackNodes
@_exported import BipackPixels
