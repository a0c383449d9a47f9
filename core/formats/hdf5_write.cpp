#include <algorithm>

#include "core/formats/half.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/internal/hdf5_state.h"
#include "core/formats/internal/hdf5_types.h"
#include "core/formats/internal/utf8.h"

namespace corticast {
namespace {

/// Closing reports what destroying would swallow.
void closeDataset(const H5Place& place, H5Id dataset) {
  place.check(H5Dclose(dataset.release()), "H5Dclose");
}

}  // namespace

template <typename T>
void Hdf5File::write(const std::string& name, std::span<const T> values, const std::vector<uint64_t>& shape) {
  const H5Turn turn;
  const H5Place place = m_state->writing(name);
  if (countOf(place, shape) != values.size())
    place.fail(std::to_string(values.size()) + " values were given for a shape of " +
               std::to_string(countOf(place, shape)));
  const H5Id space = spaceOf(place, shape);
  const H5Id creation = creationProperties(place);
  H5Id dataset = m_state->newDataset(place, name, H5Traits<T>::file(), space.get(), creation.get());
  if (!values.empty())
    place.check(H5Dwrite(dataset.get(), H5Traits<T>::memory(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
                "H5Dwrite");
  closeDataset(place, std::move(dataset));
}

void Hdf5File::write(const std::string& name, MatrixView<const float> values) {
  const std::vector<uint64_t> shape = {values.rows(), values.cols()};
  const size_t count = values.rows() * values.cols();
  if (values.stride() == values.cols()) return write<float>(name, {values.data(), count}, shape);
  std::vector<float> packed;
  packed.reserve(count);
  for (size_t r = 0; r < values.rows(); ++r) packed.insert(packed.end(), values.row(r).begin(), values.row(r).end());
  write<float>(name, packed, shape);
}

void Hdf5File::writeTexts(const std::string& name, std::span<const std::string> texts) {
  const H5Turn turn;
  const H5Place place = m_state->writing(name);
  size_t longest = 1;
  for (const std::string& text : texts) {
    if (!isUtf8(text) || text.find('\0') != std::string::npos) place.fail("a text is not UTF-8 without zeros");
    longest = std::max(longest, text.size());
  }
  std::string packed(longest * texts.size(), '\0');
  for (size_t i = 0; i < texts.size(); ++i) texts[i].copy(packed.data() + i * longest, longest);

  const H5Id type = place.id(H5Tcopy(H5T_C_S1), "H5Tcopy");
  place.check(H5Tset_size(type.get(), longest), "H5Tset_size");
  place.check(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), "H5Tset_strpad");
  place.check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "H5Tset_cset");
  const H5Id space = spaceOf(place, {texts.size()});
  const H5Id creation = creationProperties(place);
  H5Id dataset = m_state->newDataset(place, name, type.get(), space.get(), creation.get());
  if (!texts.empty())
    place.check(H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, packed.data()), "H5Dwrite");
  closeDataset(place, std::move(dataset));
}

struct Hdf5RowWriter::State {
  std::shared_ptr<Hdf5File::State> file;
  std::string name;
  H5Id dataset;
  bool isHalf = false;
  std::vector<uint64_t> rowShape;
  uint64_t rowValues = 1;
  uint64_t chunkRows = 1;
  uint64_t rowsStored = 0;
  /// At most one chunk: a chunk that is larger than the library's cache would be read and written again per row.
  std::vector<float> pending;

  [[nodiscard]] uint64_t rowsPending() const { return pending.size() / rowValues; }

  void store() {
    if (pending.empty()) return;
    const H5Turn turn;
    const H5Place place = file->writing(name);
    std::vector<hsize_t> start(rowShape.size() + 1, 0), count = {rowsPending()};
    count.insert(count.end(), rowShape.begin(), rowShape.end());
    start[0] = rowsStored;
    std::vector<hsize_t> extent = count;
    extent[0] += rowsStored;
    place.check(H5Dset_extent(dataset.get(), extent.data()), "H5Dset_extent");
    const H5Id space = place.id(H5Dget_space(dataset.get()), "H5Dget_space");
    place.check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
                "H5Sselect_hyperslab");
    const H5Id memory = selectionShape(place, count);
    writePending(place, memory.get(), space.get());
    rowsStored += rowsPending();
    pending.clear();
  }

  void writePending(const H5Place& place, hid_t memory, hid_t space) const {
    if (!isHalf) {
      place.check(H5Dwrite(dataset.get(), H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, pending.data()), "H5Dwrite");
      return;
    }
    std::vector<uint16_t> halves(pending.size());
    floatsToHalves(pending, halves);
    place.check(H5Dwrite(dataset.get(), halfType(place).get(), memory, space, H5P_DEFAULT, halves.data()), "H5Dwrite");
  }
};

Hdf5RowWriter Hdf5File::appendableRows(const std::string& name, const std::vector<uint64_t>& rowShape,
                                       uint64_t chunkRows, Hdf5Type type) {
  const H5Turn turn;
  const H5Place place = m_state->writing(name);
  const uint64_t rowValues = countOf(place, rowShape);
  constexpr uint64_t kMaxChunkBytes = uint64_t{1} << 31;  // the format ends at 4 GiB
  if (rowValues == 0 || chunkRows == 0 || chunkRows > kMaxChunkBytes / sizeof(float) / rowValues)
    place.fail("chunks of " + std::to_string(chunkRows) + " rows of " + std::to_string(rowValues) +
               " values cannot be stored");
  if (type != Hdf5Type::Float32 && type != Hdf5Type::Float16) place.fail("rows are stored as float32 or float16 only");
  std::vector<hsize_t> chunk = {chunkRows}, none = {0}, most = {H5S_UNLIMITED};
  for (auto* sizes : {&chunk, &none, &most}) sizes->insert(sizes->end(), rowShape.begin(), rowShape.end());
  const int rank = static_cast<int>(chunk.size());
  const H5Id space = place.id(H5Screate_simple(rank, none.data(), most.data()), "H5Screate_simple");
  const H5Id creation = creationProperties(place);
  place.check(H5Pset_chunk(creation.get(), rank, chunk.data()), "H5Pset_chunk");
  place.check(H5Pset_fletcher32(creation.get()), "H5Pset_fletcher32");

  auto state = std::make_unique<Hdf5RowWriter::State>();
  state->file = m_state;
  state->name = name;
  state->isHalf = type == Hdf5Type::Float16;
  const H5Id half = halfType(place);
  state->dataset =
      m_state->newDataset(place, name, state->isHalf ? half.get() : H5T_IEEE_F32LE, space.get(), creation.get());
  state->rowShape = rowShape;
  state->rowValues = rowValues;
  state->chunkRows = chunkRows;
  ++m_state->unfinishedWriters;
  return Hdf5RowWriter(std::move(state));
}

Hdf5RowWriter::Hdf5RowWriter(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Hdf5RowWriter::Hdf5RowWriter(Hdf5RowWriter&&) noexcept = default;
Hdf5RowWriter& Hdf5RowWriter::operator=(Hdf5RowWriter&& other) noexcept {
  std::swap(m_state, other.m_state);
  return *this;
}

Hdf5RowWriter::~Hdf5RowWriter() {
  if (!m_state) return;
  const H5Turn turn;
  m_state->dataset = H5Id();
}

void Hdf5RowWriter::append(MatrixView<const float> rows) {
  if (!m_state->dataset.isValid()) m_state->file->writing(m_state->name).fail("rows come after finish()");
  if (rows.cols() != m_state->rowValues && rows.rows() > 0)
    m_state->file->writing(m_state->name)
        .fail("rows of " + std::to_string(rows.cols()) + " values were given; they should have " +
              std::to_string(m_state->rowValues));
  for (size_t r = 0; r < rows.rows(); ++r) {
    m_state->pending.insert(m_state->pending.end(), rows.row(r).begin(), rows.row(r).end());
    if (m_state->rowsPending() == m_state->chunkRows) m_state->store();
  }
}

uint64_t Hdf5RowWriter::rows() const {
  return m_state->rowsStored + m_state->rowsPending();
}

void Hdf5RowWriter::finish() {
  const H5Turn turn;
  if (!m_state->dataset.isValid()) return;
  m_state->store();
  closeDataset(m_state->file->writing(m_state->name), std::move(m_state->dataset));
  m_state->dataset = H5Id();
  --m_state->file->unfinishedWriters;
}

template void Hdf5File::write<float>(const std::string&, std::span<const float>, const std::vector<uint64_t>&);
template void Hdf5File::write<double>(const std::string&, std::span<const double>, const std::vector<uint64_t>&);
template void Hdf5File::write<int32_t>(const std::string&, std::span<const int32_t>, const std::vector<uint64_t>&);
template void Hdf5File::write<int64_t>(const std::string&, std::span<const int64_t>, const std::vector<uint64_t>&);
template void Hdf5File::write<uint8_t>(const std::string&, std::span<const uint8_t>, const std::vector<uint64_t>&);

}  // namespace corticast
