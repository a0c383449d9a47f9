#include "widgets/stimuli/stimuli_panel.h"

#include <QBoxLayout>
#include <QButtonGroup>
#include <QComboBox>
#include <QCoreApplication>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QSignalBlocker>
#include <QSlider>
#include <QStackedWidget>
#include <QThreadPool>
#include <QToolButton>
#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/features/embed.h"
#include "widgets/embeddings/embeddings_model.h"
#include "widgets/state/workbench_state.h"
#include "widgets/stimuli/picture_map.h"
#include "widgets/stimuli/picture_message.h"
#include "widgets/stimuli/picture_preview.h"
#include "widgets/stimuli/picture_responder.h"
#include "widgets/stimuli/stimulus_source.h"
#include "widgets/stimuli/thumbnail_cache.h"
#include "widgets/stimuli/thumbnail_grid.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

struct SortChoice {
  PictureSort sort;
  const char* label;
};
constexpr SortChoice kSorts[] = {{PictureSort::Name, "Name"},
                                 {PictureSort::NsdId, "NSD id"},
                                 {PictureSort::Measured, "Measured response"},
                                 {PictureSort::Predicted, "Predicted response"},
                                 {PictureSort::Difference, "Largest error"},
                                 {PictureSort::Similarity, "Similarity to the chosen one"}};
constexpr int kHoverPixels = 128;
constexpr int kComboLetters = 11;

bool isResponse(PictureSort sort) {
  return sort == PictureSort::Measured || sort == PictureSort::Predicted || sort == PictureSort::Difference;
}

QString numberText(float value) {
  return QString::fromStdString(fixed(static_cast<double>(value), 2)).replace('-', QChar(0x2212));
}

}  // namespace

StimuliPanel::StimuliPanel(WorkbenchState& state, QWidget* parent)
    : QWidget(parent),
      m_state(state),
      m_source(new StimulusSource(state, this)),
      m_responder(new PictureResponder(state, this)),
      m_cache(new ThumbnailCache(this)),
      m_hoverCache(new ThumbnailCache(this)),
      m_views(new QStackedWidget(this)),
      m_grid(new ThumbnailGrid(*m_cache, this)),
      m_map(new PictureMap(*m_hoverCache, this)),
      m_preview(new PicturePreview(this)),
      m_message(new PictureMessage(this)) {
  setObjectName("stimuliPanel");
  m_grid->setObjectName("pictureGrid");
  m_map->setObjectName("pictureMap");
  m_hoverCache->setSize(kHoverPixels);
  m_views->addWidget(m_grid);
  m_views->addWidget(m_map);
  auto* middle = new QHBoxLayout;
  middle->setSpacing(0);
  middle->addWidget(m_preview);
  middle->addWidget(m_views, 1);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(buildToolRow());
  layout->addWidget(m_message);
  layout->addLayout(middle, 1);
  m_grid->setTexts([this](int picture) { return caption(picture); }, [this](int picture) { return describe(picture); });
  m_map->setNames([this](int picture) { return caption(picture); });
  connectParts();
  refreshEmbeddings();
}

StimuliPanel::~StimuliPanel() = default;

QWidget* StimuliPanel::buildToolRow() {
  auto* row = new QWidget(this);
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(8, 4, 8, 4);
  const auto combo = [&](const QString& name, const QString& label, const QString& toolTip) {
    auto* made = new QComboBox(row);
    made->setObjectName(name);
    made->setToolTip(toolTip);
    // The longest entry would make the whole window as wide as all of them together.
    made->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    made->setMinimumContentsLength(kComboLetters);
    if (!label.isEmpty()) {
      auto* text = new QLabel(label, row);
      text->setBuddy(made);
      layout->addWidget(text);
    }
    layout->addWidget(made);
    return made;
  };
  const auto button = [&](const QString& name, const QString& icon, const QString& toolTip) {
    auto* made = new QToolButton(row);
    made->setObjectName(name);
    made->setIcon(themeIcon(icon));
    made->setToolTip(toolTip);
    made->setCheckable(true);
    made->setAutoRaise(true);
    layout->addWidget(made);
    return made;
  };
  m_search = new QLineEdit(row);
  m_search->setObjectName("pictureSearch");
  m_search->setPlaceholderText(tr("Name or NSD id"));
  m_search->setClearButtonEnabled(true);
  m_search->setMaximumWidth(170);
  layout->addWidget(m_search);
  m_sort = combo("pictureSort", tr("Sort by"), tr("Order of the pictures; on the map: their colour"));
  for (const SortChoice& each : kSorts) m_sort->addItem(tr(each.label), static_cast<int>(each.sort));
  m_reversed = button("sortReversed", "view-sort-descending", tr("Turn the order round"));
  m_responseOf = combo("responseOf", tr("of"), tr("Whose mean response it is: click an ROI or a vertex on the cortex"));
  m_responseOf->addItem(tr("Selected ROI"), false);
  m_responseOf->addItem(tr("Selected vertex"), true);
  m_embedding = combo("pictureEmbedding", tr("Embedding"), tr("What similarity and map are about"));
  m_showGrid = button("showGrid", "view-list-details", tr("Pictures in rows"));
  m_showMap = button("showMap", "office-chart-line", tr("Map: the two directions in which the embedding differs most"));
  auto* views = new QButtonGroup(row);
  views->addButton(m_showGrid);
  views->addButton(m_showMap);
  m_showGrid->setChecked(true);
  m_size = new QSlider(Qt::Horizontal, row);
  m_size->setObjectName("pictureSize");
  m_size->setRange(48, 256);
  m_size->setValue(96);
  m_size->setMaximumWidth(90);
  m_size->setToolTip(tr("Size of the pictures"));
  layout->addWidget(m_size);
  layout->addStretch(1);
  m_onCortex = combo("onCortex", tr("On the cortex"), tr("The response to the chosen picture, painted on the cortex"));
  m_onCortex->addItem(tr("Nothing"), static_cast<int>(ShownResponse::None));
  m_onCortex->addItem(tr("Measured"), static_cast<int>(ShownResponse::Measured));
  m_onCortex->addItem(tr("Predicted"), static_cast<int>(ShownResponse::Predicted));
  return row;
}

void StimuliPanel::connectParts() {
  connect(m_search, &QLineEdit::textChanged, this, &StimuliPanel::showOrder);
  connect(m_sort, &QComboBox::currentIndexChanged, this, &StimuliPanel::showNumbers);
  connect(m_reversed, &QToolButton::toggled, this, &StimuliPanel::showOrder);
  connect(m_responseOf, &QComboBox::currentIndexChanged, this,
          [this] { m_source->setVertexMeant(m_responseOf->currentData().toBool()); });
  connect(m_embedding, &QComboBox::activated, this,
          [this] { m_source->setEmbedding(m_embedding->currentData().toString().toStdString()); });
  connect(m_showGrid, &QToolButton::toggled, this, [this](bool isOn) {
    m_views->setCurrentIndex(isOn ? 0 : 1);
    m_size->setEnabled(isOn);
  });
  connect(m_size, &QSlider::valueChanged, m_grid, &ThumbnailGrid::setPictureSize);
  connect(m_onCortex, &QComboBox::activated, this,
          [this] { m_responder->setShown(static_cast<ShownResponse>(m_onCortex->currentData().toInt())); });
  const auto choose = [this](int picture) {
    m_state.setPicture(m_source->pictures()[static_cast<size_t>(picture)].file);
  };
  connect(m_grid, &ThumbnailGrid::chosen, this, choose);
  connect(m_map, &PictureMap::chosen, this, choose);
  connect(&m_state, &WorkbenchState::pictureChanged, this, &StimuliPanel::showChosen);
  connect(&m_state, &WorkbenchState::workspaceChanged, this, &StimuliPanel::refreshEmbeddings);
  connect(&m_state, &WorkbenchState::subjectChanged, this, &StimuliPanel::refreshEmbeddings);
  connect(m_source, &StimulusSource::picturesChanged, this, [this] {
    m_cache->setPictures(m_source->paths());
    m_hoverCache->setPictures(m_source->paths());
    showNumbers();
    showChosen();
  });
  connect(m_source, &StimulusSource::numbersChanged, this, &StimuliPanel::showNumbers);
  connect(m_source, &StimulusSource::spaceChanged, this, &StimuliPanel::showMapPoints);
  connect(m_source, &StimulusSource::spaceProgress, this, [this](const QString& text) { m_message->say(text, false); });
  connect(m_source, &StimulusSource::spaceFailed, this,
          [this](const QString& reason) { m_message->say(reason, true); });
  connectResponder();
  m_cache->setPictures(m_source->paths());
  m_hoverCache->setPictures(m_source->paths());
  showNumbers();
  showChosen();
  showMapPoints();
}

void StimuliPanel::connectResponder() {
  connect(m_responder, &PictureResponder::busy, m_message, &PictureMessage::showBusy);
  connect(m_responder, &PictureResponder::idle, m_message, &PictureMessage::endBusy);
  connect(m_responder, &PictureResponder::shownChanged, this, [this] {
    m_onCortex->setCurrentIndex(m_onCortex->findData(static_cast<int>(m_responder->shown())));
    showChosen();
  });
  connect(m_message, &PictureMessage::stopRequested, m_responder, &PictureResponder::cancel);
  connect(m_responder, &PictureResponder::failed, this, [this](const QString& reason) {
    m_message->say(reason, true);
    Q_EMIT failed(tr("Showing the response to a picture"), reason);
  });
}

void StimuliPanel::predictFile(const QString& file) {
  m_responder->predictFile(file);
}

void StimuliPanel::refreshEmbeddings() {
  const Subject* subject = m_state.subjectData();
  if (!subject || m_state.workspace().empty()) return takeEmbeddings({});
  const quint64 asked = ++m_embeddingRequest;
  const QPointer<StimuliPanel> self(this);
  QThreadPool::globalInstance()->start([self, asked, workspace = m_state.workspace(), id = subject->id] {
    std::vector<std::pair<QString, std::filesystem::path>> found;
    for (const EmbeddingInfo& info : listEmbeddings(workspace)) {
      if (!info.isComplete() || info.subject != id) continue;
      const QString form = QString::fromStdString(info.form.label());
      found.emplace_back(form.isEmpty() ? embeddingName(info) : embeddingName(info) + " · " + form, info.path);
    }
    QMetaObject::invokeMethod(qApp, [self, asked, found] {
      if (self && asked == self->m_embeddingRequest) self->takeEmbeddings(found);
    });
  });
}

void StimuliPanel::takeEmbeddings(const std::vector<std::pair<QString, std::filesystem::path>>& found) {
  const QString before = QString::fromStdString(m_source->embedding().string());
  {
    const QSignalBlocker quiet(m_embedding);
    m_embedding->clear();
    for (const auto& [label, path] : found) m_embedding->addItem(label, QString::fromStdString(path.string()));
    m_embedding->setCurrentIndex(std::max(0, m_embedding->findData(before)));
  }
  m_embedding->setEnabled(m_embedding->count() > 0);
  m_source->setEmbedding(m_embedding->currentData().toString().toStdString());
  showMapPoints();
}

void StimuliPanel::showNumbers() {
  const auto sort = static_cast<PictureSort>(m_sort->currentData().toInt());
  m_responseOf->setEnabled(isResponse(sort));
  const ResponseTarget& target = m_source->target();
  QString hint;
  if (isResponse(sort) && target.isEmpty())
    hint = m_responseOf->currentData().toBool()
               ? tr("Click a vertex on the cortex to sort by its response.")
               : tr("Click an ROI on the cortex or in the study to sort by its response.");
  else if (isResponse(sort) && sort != PictureSort::Measured && !m_source->whyNoPrediction().isEmpty())
    hint = tr("No predictions: %1").arg(m_source->whyNoPrediction());
  else if (sort == PictureSort::Similarity && m_source->embedding().empty())
    hint = tr("Embed the pictures first: similarity is measured in an embedding.");
  else if (sort == PictureSort::Similarity && m_state.picture().isEmpty())
    hint = tr("Choose a picture to see the ones most similar to it.");
  m_message->say(hint, false);
  showOrder();
  std::vector<float> values;
  if (sort != PictureSort::Name && sort != PictureSort::NsdId)
    for (size_t i = 0; i < m_source->pictures().size(); ++i) values.push_back(m_source->numbers().of(sort, i));
  const QString label = !isResponse(sort) ? (values.empty() ? QString() : tr("Similarity")) : target.label;
  m_map->setValues(std::move(values), label, isResponse(sort));
  showChosen();
}

void StimuliPanel::showOrder() {
  const auto sort = static_cast<PictureSort>(m_sort->currentData().toInt());
  m_grid->setEmptyText(m_source->pictures().empty() ? tr("Open a study to see its pictures.")
                                                    : tr("No picture is called “%1”.").arg(m_search->text()));
  m_grid->setOrder(orderOf(m_source->pictures(), m_source->numbers(), sort, m_reversed->isChecked(), m_search->text()));
}

void StimuliPanel::showMapPoints() {
  const auto space = m_source->space();
  std::vector<PictureMap::Point> points;
  if (space)
    for (size_t row = 0; row < m_source->pictureOfRow().size(); ++row)
      if (const int picture = m_source->pictureOfRow()[row]; picture >= 0)
        points.push_back({picture, space->map()(row, 0), space->map()(row, 1)});
  m_map->setEmptyText(m_source->embedding().empty() ? tr("Embed the pictures to see them as a map.")
                                                    : tr("The map is being laid out…"));
  const auto axis = [&](size_t k) {
    return space && k < space->mapVariance().size()
               ? tr("component %1, %2 % of the variance").arg(k + 1).arg(std::lround(100 * space->mapVariance()[k]))
               : QString();
  };
  m_map->setAxes(axis(0), axis(1));
  m_map->setPoints(std::move(points));
}

void StimuliPanel::showChosen() {
  const int picture = m_source->indexOf(m_state.picture());
  m_grid->setCurrent(picture, !m_grid->underMouse());
  m_map->setCurrent(picture);
  if (const QString& file = m_responder->foreignFile(); !file.isEmpty())
    m_preview->showPicture(file.toStdString(), tr("%1\nnot of the study").arg(QFileInfo(file).fileName()));
  else if (picture < 0)
    m_preview->showPicture(
        {}, m_source->pictures().empty()
                ? QString()
                : tr("Choose a picture, or drop any picture file on the window: the current run predicts "
                     "the response to it."));
  else
    m_preview->showPicture(m_source->paths()[static_cast<size_t>(picture)], describe(picture));
}

QString StimuliPanel::caption(int picture) const {
  const BrowsedPicture& each = m_source->pictures()[static_cast<size_t>(picture)];
  const auto sort = static_cast<PictureSort>(m_sort->currentData().toInt());
  const float value = m_source->numbers().of(sort, static_cast<size_t>(picture));
  if (!std::isnan(value)) return numberText(value);
  return tr("nsd %1").arg(each.nsdId, 5, 10, QChar('0'));
}

QString StimuliPanel::describe(int picture) const {
  const auto index = static_cast<size_t>(picture);
  const BrowsedPicture& each = m_source->pictures()[index];
  QStringList lines = {each.file, tr("NSD %1, %2").arg(each.nsdId).arg(each.isTest ? tr("test") : tr("training"))};
  const auto add = [&](const QString& what, PictureSort sort) {
    if (const float value = m_source->numbers().of(sort, index); !std::isnan(value))
      lines << what.arg(numberText(value));
  };
  if (!m_source->target().isEmpty()) {
    add(tr("measured %1"), PictureSort::Measured);
    add(tr("predicted %1"), PictureSort::Predicted);
    if (lines.size() > 2) lines.insert(2, m_source->target().label + ":");
  }
  add(tr("similarity %1"), PictureSort::Similarity);
  return lines.join('\n');
}

}  // namespace corticast
