#include "widgets/embeddings/embedding_form.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QToolButton>

#include "core/base/text.h"
#include "core/features/backbones.h"
#include "core/features/embedding_source.h"
#include "widgets/embeddings/device_choice.h"
#include "widgets/forms/form_builder.h"
#include "widgets/forms/wheel_guard.h"
#include "widgets/state/workbench_state.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr int kComboLetters = 14;  // longer entries are cut off in the field, not in the list

QString text(const std::string& words) {
  return QString::fromStdString(words);
}

/// "Layer 11, class token  ·  768"
QString layerText(const BackboneLayer& layer) {
  std::vector<std::string> extents;
  for (const size_t extent : layer.shape) extents.push_back(thousands(extent));
  return extents.empty() ? text(layer.label) : text(layer.label + "  ·  " + join(extents, " x "));
}

/// What file is needed, and where those that fit are published.
QString weightsText(const BackboneInfo& info) {
  QStringList lines = {text(info.weights).toHtmlEscaped()};
  for (const PublishedWeights& each : info.published) {
    QString line =
        QString("<a href=\"%1\">%2</a>, %3")
            .arg(text(each.url).toHtmlEscaped(), text(each.file).toHtmlEscaped(), text(each.publisher).toHtmlEscaped());
    if (each.bytes > 0) line += ", " + text(byteSize(each.bytes));
    if (!each.sha256.empty()) line += QObject::tr(", SHA-256 %1…").arg(text(each.sha256.substr(0, 12)));
    lines << line;
  }
  return lines.join("<br>");
}

}  // namespace

FileQuestioner openFileDialog() {
  return [](QWidget* parent, const QString& title, const QString& filter) {
    return QFileDialog::getOpenFileName(parent, title, {}, filter);
  };
}

EmbeddingForm::EmbeddingForm(WorkbenchState& state, QWidget* parent)
    : QWidget(parent),
      m_state(state),
      m_ask(openFileDialog()),
      m_backbone(new QComboBox(this)),
      m_layer(new QComboBox(this)),
      m_layerLabel(new QLabel(tr("Layer"), this)),
      m_weightsRow(new QWidget(this)),
      m_weights(new QLineEdit(m_weightsRow)),
      m_weightsLabel(new QLabel(this)),
      m_weightsAbout(new QLabel(this)),
      m_subjects(new QComboBox(this)),
      m_skipBroken(new QCheckBox(tr("Skip pictures that cannot be decoded"), this)),
      m_device(new DeviceChoice(this)),
      m_deviceLabel(new QLabel(tr("Device"), this)),
      m_stored(new ParamForm(StoredForm::fields().params(), this)),
      m_layout(new QVBoxLayout(this)) {
  m_backbone->setObjectName("backbone");
  m_layer->setObjectName("layer");
  m_weights->setObjectName("weights");
  m_weightsAbout->setObjectName("weightsAbout");
  m_subjects->setObjectName("subjects");
  m_skipBroken->setObjectName("skipBroken");
  for (QComboBox* each : {m_backbone, m_layer, m_subjects, static_cast<QComboBox*>(m_device)}) {
    each->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    each->setMinimumContentsLength(kComboLetters);
  }
  m_weightsAbout->setWordWrap(true);
  m_weightsAbout->setTextFormat(Qt::RichText);
  m_weightsAbout->setTextInteractionFlags(Qt::TextBrowserInteraction);
  m_weightsAbout->setOpenExternalLinks(true);
  m_skipBroken->setToolTip(
      tr("They are named in the list below; models are trained without them. Otherwise the first "
         "broken picture stops the extraction."));
  for (const BackboneInfo& info : backbones()) {
    m_backbone->addItem(text(info.label), text(info.id));
    m_backbone->setItemData(m_backbone->count() - 1, text(info.help), Qt::ToolTipRole);
  }
  m_backbone->addItem(tr("Own array (.npy, HDF5)"), QString(kPrecomputed));

  auto* browse = new QToolButton(m_weightsRow);
  browse->setObjectName("weightsBrowse");
  browse->setIcon(themeIcon("document-open"));
  browse->setToolTip(tr("Choose the file"));
  auto* weightsLayout = new QHBoxLayout(m_weightsRow);
  weightsLayout->setContentsMargins(0, 0, 0, 0);
  weightsLayout->addWidget(m_weights, 1);
  weightsLayout->addWidget(browse);

  auto* rows = new QFormLayout;
  rows->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  rows->addRow(tr("Backbone"), m_backbone);
  rows->addRow(m_layerLabel, m_layer);
  rows->addRow(m_weightsLabel, m_weightsRow);
  rows->addRow(m_weightsAbout);
  rows->addRow(tr("Subject"), m_subjects);
  rows->addRow(m_deviceLabel, m_device);
  rows->addRow(m_skipBroken);
  m_layout->setContentsMargins(0, 0, 0, 0);
  m_layout->addLayout(rows);
  m_layout->addWidget(m_stored);

  connect(m_backbone, &QComboBox::currentIndexChanged, this, &EmbeddingForm::takeBackbone);
  connect(m_layer, &QComboBox::currentIndexChanged, this, &EmbeddingForm::changed);
  connect(m_weights, &QLineEdit::textChanged, this, &EmbeddingForm::changed);
  connect(m_subjects, &QComboBox::currentIndexChanged, this, &EmbeddingForm::changed);
  connect(m_device, &QComboBox::currentIndexChanged, this, &EmbeddingForm::changed);
  connect(m_skipBroken, &QCheckBox::toggled, this, &EmbeddingForm::changed);
  connect(m_stored, &ParamForm::changed, this, &EmbeddingForm::changed);
  connect(browse, &QToolButton::clicked, this, &EmbeddingForm::browse);
  connect(&state, &WorkbenchState::studyChanged, this, &EmbeddingForm::fillSubjects);
  connect(&state, &WorkbenchState::subjectChanged, this, &EmbeddingForm::fillSubjects);
  keepWheelForScrolling(*this);
  fillSubjects();
  takeBackbone();
}

EmbeddingForm::~EmbeddingForm() = default;

void EmbeddingForm::takeBackbone() {
  const std::string id = m_backbone->currentData().toString().toStdString();
  const bool isArray = id == kPrecomputed;
  const BackboneInfo* info = isArray ? nullptr : &backbone(id);
  {
    const QSignalBlocker quiet(m_layer);
    m_layer->clear();
    if (info)
      for (const BackboneLayer& layer : info->layers) m_layer->addItem(layerText(layer), text(layer.id));
  }
  m_layer->setVisible(info && info->layers.size() > 1);
  m_layerLabel->setVisible(m_layer->isVisibleTo(this));
  const bool wantsFile = isArray || !info->weights.empty();
  m_weightsLabel->setText(isArray ? tr("Array") : tr("Weights"));
  m_weightsAbout->setText(isArray ? tr("[training pictures x features], in the order of the pictures' names; HDF5 with "
                                       "/image may name the test pictures too.")
                          : info  ? weightsText(*info)
                                  : QString());
  for (QWidget* each : {static_cast<QWidget*>(m_weightsLabel), m_weightsRow, static_cast<QWidget*>(m_weightsAbout)})
    each->setVisible(wantsFile);
  m_device->setVisible(info && info->usesDevices);
  m_deviceLabel->setVisible(info && info->usesDevices);
  if (m_params) {
    m_layout->removeWidget(m_params);
    m_params->hide();
    m_params->deleteLater();
    m_params = nullptr;
  }
  if (info && !info->params.empty()) {
    m_params = new ParamForm(info->params, this);
    m_params->setBase(defaultsOf(info->params));
    for (const Param& param : info->params) m_params->setOpen(param.section, false);
    m_layout->insertWidget(1, m_params);
    keepWheelForScrolling(*m_params);
    connect(m_params, &ParamForm::changed, this, &EmbeddingForm::changed);
  }
  Q_EMIT changed();
}

void EmbeddingForm::fillSubjects() {
  const QSignalBlocker quiet(m_subjects);
  m_subjects->clear();
  const auto study = m_state.study();
  if (study) {
    m_subjects->addItem(m_state.subject(), m_state.subject());
    if (study->subjects.size() > 1) m_subjects->addItem(tr("All %1 subjects").arg(study->subjects.size()), QString());
  }
  Q_EMIT changed();
}

void EmbeddingForm::browse() {
  const bool isArray = m_backbone->currentData().toString() == kPrecomputed;
  const QString file =
      isArray ? m_ask(this, tr("Choose an array"), tr("Arrays (*.npy *.h5 *.hdf5)"))
              : m_ask(this, tr("Choose a weights file"), tr("Weights (*.safetensors *.pth *.pt);;All files (*)"));
  if (!file.isEmpty()) m_weights->setText(file);
}

EmbedOptions EmbeddingForm::options() const {
  EmbedOptions options;
  options.backbone = m_backbone->currentData().toString().toStdString();
  options.layer = m_layer->currentData().toString().toStdString();
  if (m_params) options.parameters = m_params->values();
  if (m_weightsRow->isVisibleTo(this)) options.weights = m_weights->text().trimmed().toStdString();
  if (const QString subject = m_subjects->currentData().toString(); !subject.isEmpty())
    options.subjects = {subject.toStdString()};
  options.form = StoredForm::fields().fromJson(m_stored->values(), "form");
  options.skipBroken = m_skipBroken->isChecked();
  if (m_device->isVisibleTo(this)) options.device = m_device->request();
  return options;
}

QString EmbeddingForm::whyNot() const {
  if (!m_state.study()) return tr("Open a study first.");
  if (m_params && !m_params->isValid()) return m_params->firstProblem();
  if (!m_stored->isValid()) return m_stored->firstProblem();
  if (!m_weightsRow->isVisibleTo(this)) return {};
  const QString file = m_weights->text().trimmed();
  if (file.isEmpty())
    return m_backbone->currentData().toString() == kPrecomputed ? tr("Choose the array's file.")
                                                                : tr("Choose the weights' file.");
  const QString shown = QString(file).replace("{subject}", m_state.subject());
  return QFileInfo(shown).isFile() ? QString() : tr("There is no file %1.").arg(shown);
}

}  // namespace corticast
