#include <cstdio>  // jpeglib.h uses FILE and does not include it

#include <jerror.h>
#include <jpeglib.h>

#include <csetjmp>
#include <cstring>

#include "core/base/error.h"
#include "core/formats/internal/image_codec.h"

namespace corticast {
namespace {

constexpr int kMaxScans = 200;
constexpr long kMaxDecoderBytes = 1L << 30;

/// libjpeg leaves by longjmp, so everything with a destructor lives out here, and the functions that call libjpeg
/// hold only plain values.
struct Reader {
  explicit Reader(std::span<const std::byte> source) : file(source) {
    decoder.err = jpeg_std_error(&errors);
    decoder.client_data = this;
    errors.error_exit = [](j_common_ptr common) { leave(common, common->err->msg_code); };
    errors.emit_message = [](j_common_ptr common, int level) {
      // Bytes between markers and odd version numbers do not touch the pixels; any other warning means guessed ones.
      const int code = common->err->msg_code;
      if (level < 0 && code != JWRN_EXTRANEOUS_DATA && code != JWRN_JFIF_MAJOR && code != JWRN_ADOBE_XFORM)
        leave(common, code);
    };
    errors.output_message = [](j_common_ptr) {};
    progress.progress_monitor = [](j_common_ptr common) {
      auto* self = static_cast<Reader*>(common->client_data);
      if (self->decoder.input_scan_number > kMaxScans) {
        std::snprintf(self->message, sizeof self->message, "it has more than %d scans", kMaxScans);
        std::longjmp(self->jump, 1);
      }
    };
  }
  ~Reader() { jpeg_destroy_decompress(&decoder); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  [[noreturn]] static void leave(j_common_ptr common, int) {
    auto* self = static_cast<Reader*>(common->client_data);
    char text[JMSG_LENGTH_MAX];
    common->err->format_message(common, text);
    std::strncpy(self->message, text, sizeof self->message - 1);
    std::longjmp(self->jump, 1);
  }

  jpeg_decompress_struct decoder{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf jump{};
  std::span<const std::byte> file;
  char message[256] = "";
};

bool readHeader(Reader& reader) {
  if (setjmp(reader.jump)) return false;
  jpeg_create_decompress(&reader.decoder);
  reader.decoder.mem->max_memory_to_use = kMaxDecoderBytes;
  reader.decoder.progress = &reader.progress;
  jpeg_mem_src(&reader.decoder, reinterpret_cast<const unsigned char*>(reader.file.data()), reader.file.size());
  jpeg_save_markers(&reader.decoder, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header(&reader.decoder, TRUE);
  return true;
}

bool start(Reader& reader) {
  if (setjmp(reader.jump)) return false;
  jpeg_decompress_struct& decoder = reader.decoder;
  const bool isCmyk = decoder.jpeg_color_space == JCS_CMYK || decoder.jpeg_color_space == JCS_YCCK;
  decoder.out_color_space = isCmyk ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(&decoder);
  return true;
}

bool readRows(Reader& reader, unsigned char* out, size_t rowBytes) {
  if (setjmp(reader.jump)) return false;
  while (reader.decoder.output_scanline < reader.decoder.output_height) {
    JSAMPROW row = out + reader.decoder.output_scanline * rowBytes;
    jpeg_read_scanlines(&reader.decoder, &row, 1);
  }
  jpeg_finish_decompress(&reader.decoder);
  return true;
}

ImageInfo infoOf(const Reader& reader, const std::string& where) {
  checkImageSize(reader.decoder.image_width, reader.decoder.image_height, where);
  ImageInfo info{.size = {.width = static_cast<int>(reader.decoder.image_width),
                          .height = static_cast<int>(reader.decoder.image_height)},
                 .isJpeg = true};
  constexpr size_t kPrefix = 6;  // "Exif", two zeros
  for (const jpeg_marker_struct* marker = reader.decoder.marker_list; marker; marker = marker->next) {
    if (marker->data_length < kPrefix || std::memcmp(marker->data, "Exif\0\0", kPrefix) != 0) continue;
    info.orientation =
        exifOrientation({reinterpret_cast<const std::byte*>(marker->data) + kPrefix, marker->data_length - kPrefix});
    break;
  }
  return info;
}

/// As Pillow converts CMYK: (255 - c) scaled by (255 - k), where Adobe's files hold all four inverted.
std::vector<uint8_t> rgbOfCmyk(const std::vector<uint8_t>& cmyk, bool isInverted) {
  std::vector<uint8_t> rgb(cmyk.size() / 4 * 3);
  for (size_t pixel = 0; pixel < cmyk.size() / 4; ++pixel) {
    const auto ink = [&](size_t i) { return isInverted ? 255 - cmyk[pixel * 4 + i] : cmyk[pixel * 4 + i]; };
    const int notBlack = 255 - ink(3);
    for (size_t i = 0; i < 3; ++i) {
      const int product = ink(i) * notBlack + 128;
      const int value = notBlack - (((product >> 8) + product) >> 8);
      rgb[pixel * 3 + i] = static_cast<uint8_t>(value < 0 ? 0 : value);
    }
  }
  return rgb;
}

}  // namespace

ImageInfo jpegInfo(std::span<const std::byte> file, const std::string& where) {
  Reader reader(file);
  if (!readHeader(reader)) failReadingImage(where, std::string("damaged JPEG: ") + reader.message);
  return infoOf(reader, where);
}

Image decodeJpeg(std::span<const std::byte> file, const std::string& where) {
  Reader reader(file);
  if (!readHeader(reader)) failReadingImage(where, std::string("damaged JPEG: ") + reader.message);
  const ImageSize size = infoOf(reader, where).size;
  if (!start(reader)) failReadingImage(where, std::string("damaged JPEG: ") + reader.message);

  const auto channels = static_cast<size_t>(reader.decoder.output_components);
  const size_t rowBytes = static_cast<size_t>(size.width) * channels;
  std::vector<uint8_t> pixels(rowBytes * static_cast<size_t>(size.height));
  if (!readRows(reader, pixels.data(), rowBytes))
    failReadingImage(where, std::string("damaged JPEG: ") + reader.message);
  if (channels == 4) pixels = rgbOfCmyk(pixels, reader.decoder.saw_Adobe_marker);
  return {.width = size.width, .height = size.height, .rgb = std::move(pixels)};
}

}  // namespace corticast
