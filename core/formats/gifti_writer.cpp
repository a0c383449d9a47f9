#include <bit>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/formats/gifti.h"
#include "core/formats/gzip.h"
#include "core/formats/internal/gifti_data.h"

namespace corticast {
namespace {

static_assert(std::endian::native == std::endian::little, "the files are marked LittleEndian");

/// XML 1.0 text: markup escaped; control characters, which XML cannot hold at all, become blanks.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += static_cast<unsigned char>(c) < 32 ? ' ' : c;
  }
  return out;
}

std::string metadata(std::string_view name, std::string_view value) {
  return "<MetaData><MD><Name>" + escaped(name) + "</Name><Value>" + escaped(value) + "</Value></MD></MetaData>";
}

std::string_view structureOf(Hemisphere hemisphere) {
  return hemisphere == Hemisphere::Left ? "CortexLeft" : "CortexRight";
}

struct ArrayText {
  std::string intent;
  GiftiType type;
  std::string dimensions;
  std::string inner;  // elements before Data
  std::span<const std::byte> bytes;
};

std::string arrayElement(const ArrayText& array) {
  return "<DataArray Intent=\"" + array.intent + "\" DataType=\"" + toString(array.type) +
         "\" ArrayIndexingOrder=\"RowMajorOrder\" " + array.dimensions +
         " Encoding=\"GZipBase64Binary\" Endian=\"LittleEndian\" ExternalFileName=\"\" ExternalFileOffset=\"\">\n" +
         array.inner + "\n<Data>" + encodeBase64(deflateZlib(array.bytes)) + "</Data>\n</DataArray>\n";
}

std::string dimensions(size_t rows) {
  return "Dimensionality=\"1\" Dim0=\"" + std::to_string(rows) + "\"";
}
std::string dimensionsBy3(size_t rows) {
  return "Dimensionality=\"2\" Dim0=\"" + std::to_string(rows) + "\" Dim1=\"3\"";
}

void writeDocument(const std::filesystem::path& path, std::string_view structure, size_t arrays,
                   const std::string& body) {
  const std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<GIFTI Version=\"1.0\" NumberOfDataArrays=\"" +
                           std::to_string(arrays) + "\">\n" + metadata("AnatomicalStructurePrimary", structure) +
                           "\n<LabelTable/>\n" + body + "</GIFTI>\n";
  if (path.extension() != ".gz") return writeFileAtomically(path, text);
  const auto packed = packGzip(std::as_bytes(std::span(text)));
  writeFileAtomically(path, std::string_view(reinterpret_cast<const char*>(packed.data()), packed.size()));
}

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  throw Error({.what = "write GIFTI",
               .where = path.string(),
               .why = why,
               .remedy = "give at least one map, all with one value per vertex"});
}

}  // namespace

void writeGiftiMaps(const std::filesystem::path& path, Hemisphere hemisphere, std::span<const GiftiMap> maps) {
  if (maps.empty() || maps[0].values.empty()) refuse(path, "there is no map to write");
  std::string body;
  for (const GiftiMap& map : maps) {
    if (map.values.size() != maps[0].values.size()) refuse(path, "the maps have different numbers of vertices");
    body += arrayElement({.intent = "NIFTI_INTENT_NONE",
                          .type = GiftiType::Float32,
                          .dimensions = dimensions(map.values.size()),
                          .inner = metadata("Name", map.name),
                          .bytes = std::as_bytes(map.values)});
  }
  writeDocument(path, structureOf(hemisphere), maps.size(), body);
}

void writeGiftiSurface(const std::filesystem::path& path, Hemisphere hemisphere, const SurfaceGeometry& geometry) {
  checkGeometry(geometry, path.string());
  if (geometry.triangles.empty()) refuse(path, "the surface has no triangles");
  const std::string space =
      "<CoordinateSystemTransformMatrix><DataSpace>NIFTI_XFORM_UNKNOWN</DataSpace><TransformedSpace>"
      "NIFTI_XFORM_UNKNOWN</TransformedSpace><MatrixData>1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1</MatrixData>"
      "</CoordinateSystemTransformMatrix>";
  std::string body = arrayElement({.intent = "NIFTI_INTENT_POINTSET",
                                   .type = GiftiType::Float32,
                                   .dimensions = dimensionsBy3(geometry.positions.size()),
                                   .inner = metadata("AnatomicalStructurePrimary", structureOf(hemisphere)) + space,
                                   .bytes = std::as_bytes(std::span(geometry.positions))});
  body += arrayElement({.intent = "NIFTI_INTENT_TRIANGLE",
                        .type = GiftiType::Int32,
                        .dimensions = dimensionsBy3(geometry.triangles.size()),
                        .inner = "",
                        .bytes = std::as_bytes(std::span(geometry.triangles))});
  writeDocument(path, structureOf(hemisphere), 2, body);
}

}  // namespace corticast
