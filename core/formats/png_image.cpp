#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>

#include "core/base/error.h"
#include "core/formats/internal/image_codec.h"

namespace corticast {
namespace {

constexpr png_alloc_size_t kMaxChunkBytes = 16 << 20;
constexpr png_uint_32 kMaxChunks = 1000;
constexpr png_uint_32 kMaxSide = 1'000'000;

/// libpng leaves by longjmp, so everything with a destructor lives out here, and the functions that call libpng
/// hold only plain values.
struct Reader {
  explicit Reader(std::span<const std::byte> file) : rest(file) {
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, &Reader::fail, &Reader::ignore);
    if (png) info = png_create_info_struct(png);
  }
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  static void fail(png_structp png, png_const_charp message) {
    auto* reader = static_cast<Reader*>(png_get_error_ptr(png));
    std::strncpy(reader->message, message, sizeof reader->message - 1);
    std::longjmp(png_jmpbuf(png), 1);
  }
  static void ignore(png_structp, png_const_charp) {}
  static void read(png_structp png, png_bytep out, png_size_t count) {
    auto* reader = static_cast<Reader*>(png_get_io_ptr(png));
    if (count > reader->rest.size()) png_error(png, "the file ends too early");
    std::memcpy(out, reader->rest.data(), count);
    reader->rest = reader->rest.subspan(count);
  }

  png_structp png = nullptr;
  png_infop info = nullptr;
  std::span<const std::byte> rest;
  char message[256] = "out of memory";
};

bool readHeader(Reader& reader) {
  if (setjmp(png_jmpbuf(reader.png))) return false;
  png_set_read_fn(reader.png, &reader, &Reader::read);
  png_set_user_limits(reader.png, kMaxSide, kMaxSide);
  png_set_chunk_malloc_max(reader.png, kMaxChunkBytes);
  png_set_chunk_cache_max(reader.png, kMaxChunks);
  // Colour profiles and texts are not used; reading them would only open ways to be hurt.
  png_set_keep_unknown_chunks(reader.png, PNG_HANDLE_CHUNK_NEVER, nullptr, 0);
  png_read_info(reader.png, reader.info);
  return true;
}

bool preparePixels(Reader& reader) {
  if (setjmp(png_jmpbuf(reader.png))) return false;
  const int colour = png_get_color_type(reader.png, reader.info);
  png_set_strip_16(reader.png);
  if (colour == PNG_COLOR_TYPE_PALETTE) {
    png_set_packing(reader.png);
  } else if (!(colour & PNG_COLOR_MASK_COLOR)) {
    png_set_expand_gray_1_2_4_to_8(reader.png);
    png_set_gray_to_rgb(reader.png);
  }
  png_set_strip_alpha(reader.png);
  png_set_interlace_handling(reader.png);
  png_read_update_info(reader.png, reader.info);
  return true;
}

bool readPixels(Reader& reader, png_bytepp rows) {
  if (setjmp(png_jmpbuf(reader.png))) return false;
  png_read_image(reader.png, rows);
  png_read_end(reader.png, nullptr);
  return true;
}

ImageInfo infoOf(Reader& reader, const std::string& where) {
  const int64_t width = png_get_image_width(reader.png, reader.info);
  const int64_t height = png_get_image_height(reader.png, reader.info);
  checkImageSize(width, height, where);
  ImageInfo info{.size = {.width = static_cast<int>(width), .height = static_cast<int>(height)}};
  png_uint_32 exifBytes = 0;
  png_bytep exif = nullptr;
  if (png_get_eXIf_1(reader.png, reader.info, &exifBytes, &exif) && exif)
    info.orientation = exifOrientation({reinterpret_cast<const std::byte*>(exif), exifBytes});
  return info;
}

/// libpng's own expansion paints colours beyond the palette black and says nothing.
std::vector<uint8_t> throughPalette(Reader& reader, const std::vector<uint8_t>& indices, const std::string& where) {
  int count = 0;
  png_colorp palette = nullptr;
  if (!png_get_PLTE(reader.png, reader.info, &palette, &count)) failReadingImage(where, "damaged PNG: no palette");
  std::vector<uint8_t> rgb;
  rgb.reserve(indices.size() * 3);
  for (const uint8_t index : indices) {
    if (index >= count) failReadingImage(where, "damaged PNG: a pixel's colour is not in its palette");
    rgb.insert(rgb.end(), {palette[index].red, palette[index].green, palette[index].blue});
  }
  return rgb;
}

struct Writer {
  Writer() {
    png = png_create_write_struct(PNG_LIBPNG_VER_STRING, this, &Writer::fail, &Writer::ignore);
    if (png) info = png_create_info_struct(png);
  }
  ~Writer() { png_destroy_write_struct(&png, &info); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  static void fail(png_structp png, png_const_charp) { std::longjmp(png_jmpbuf(png), 1); }
  static void ignore(png_structp, png_const_charp) {}
  static void write(png_structp png, png_bytep bytes, png_size_t count) {
    static_cast<Writer*>(png_get_io_ptr(png))->out.append(reinterpret_cast<const char*>(bytes), count);
  }
  static void flush(png_structp) {}

  png_structp png = nullptr;
  png_infop info = nullptr;
  std::string out;
};

bool writeRows(Writer& writer, const Image& image) {
  if (setjmp(png_jmpbuf(writer.png))) return false;
  png_set_write_fn(writer.png, &writer, &Writer::write, &Writer::flush);
  png_set_IHDR(writer.png, writer.info, static_cast<png_uint_32>(image.width), static_cast<png_uint_32>(image.height),
               8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(writer.png, writer.info);
  for (int y = 0; y < image.height; ++y)
    png_write_row(writer.png, image.rgb.data() + static_cast<size_t>(y) * static_cast<size_t>(image.width) * 3);
  png_write_end(writer.png, writer.info);
  return true;
}

}  // namespace

ImageInfo pngInfo(std::span<const std::byte> file, const std::string& where) {
  Reader reader(file);
  if (!reader.info || !readHeader(reader)) failReadingImage(where, std::string("damaged PNG: ") + reader.message);
  return infoOf(reader, where);
}

Image decodePng(std::span<const std::byte> file, const std::string& where) {
  Reader reader(file);
  if (!reader.info || !readHeader(reader)) failReadingImage(where, std::string("damaged PNG: ") + reader.message);
  const ImageSize size = infoOf(reader, where).size;
  const bool hasPalette = png_get_color_type(reader.png, reader.info) == PNG_COLOR_TYPE_PALETTE;
  const size_t rowBytes = static_cast<size_t>(size.width) * (hasPalette ? 1 : 3);
  if (!preparePixels(reader) || png_get_rowbytes(reader.png, reader.info) != rowBytes)
    failReadingImage(where, std::string("damaged PNG: ") + reader.message);

  std::vector<uint8_t> pixels(rowBytes * static_cast<size_t>(size.height));
  std::vector<png_bytep> rows(static_cast<size_t>(size.height));
  for (size_t y = 0; y < rows.size(); ++y) rows[y] = pixels.data() + y * rowBytes;
  if (!readPixels(reader, rows.data())) failReadingImage(where, std::string("damaged PNG: ") + reader.message);
  if (hasPalette) pixels = throughPalette(reader, pixels, where);
  return {.width = size.width, .height = size.height, .rgb = std::move(pixels)};
}

std::string encodePng(const Image& image) {
  const auto expected =
      static_cast<size_t>(std::max(image.width, 0)) * static_cast<size_t>(std::max(image.height, 0)) * 3;
  Writer writer;
  if (expected == 0 || image.rgb.size() != expected || !writer.info || !writeRows(writer, image))
    throw Error({.what = "write picture",
                 .where = std::to_string(image.width) + " x " + std::to_string(image.height) + " pixels",
                 .why = std::to_string(image.rgb.size()) + " bytes do not make a picture of that size",
                 .remedy = "report this as a fault of the program"});
  return std::move(writer.out);
}

}  // namespace corticast
