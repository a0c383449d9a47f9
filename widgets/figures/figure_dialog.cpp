#include "widgets/figures/figure_dialog.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTimer>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "widgets/brain/view_preset.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr double kMmPerInch = 25.4;
constexpr int kPreviewWidth = 560;
constexpr int kPreviewHeight = 420;
constexpr int kPauseMilliseconds = 300;  // after the last change, before the preview is drawn anew

QCheckBox* box(const QString& name, const QString& text, bool isOn, const QString& help, QWidget* parent) {
  auto* made = new QCheckBox(text, parent);
  made->setObjectName(name);
  made->setChecked(isOn);
  made->setToolTip(help);
  return made;
}

}  // namespace

QString findWorkbenchProgram() {
  const QString program = QCoreApplication::applicationDirPath() + "/corticast";
  if (!QFileInfo(program).isExecutable())
    throw Error({.what = "draw a figure",
                 .where = program.toStdString(),
                 .why = "the drawing program is not there",
                 .remedy = "install Corticast again"});
  return program;
}

FigureDialog::FigureDialog(Figure start, QWidget* parent)
    : QDialog(parent),
      m_start(std::move(start)),
      m_title(new QLineEdit(QString::fromStdString(m_start.title), this)),
      m_views(new QComboBox(this)),
      m_width(lengthBox("figureWidth")),
      m_height(lengthBox("figureHeight")),
      m_unit(new QComboBox(this)),
      m_dpi(lengthBox("figureDpi")),
      m_transparent(box("figureTransparent", tr("Transparent background"), m_start.isTransparent,
                        tr("Nothing is drawn behind the cortex"), this)),
      m_dark(box("figureDark", tr("Light text for dark grounds"), m_start.isDark, tr("For slides"), this)),
      m_bar(box("figureBar", tr("Colour bar"), m_start.hasColourBar, tr("With its name and unit"), this)),
      m_labels(box("figureLabels", tr("View labels"), m_start.hasViewLabels, tr("LH lateral, RH lateral, …"), this)),
      m_legend(box("figureLegend", tr("ROI legend"), m_start.hasRoiLegend, tr("Names of the outlined ROIs"), this)),
      m_description(box("figureDescription", tr("Also write its description (JSON)"), false,
                        tr("The figure can be drawn again from it: corticast --render FIGURE.json --out F.png"), this)),
      m_preview(new QLabel(this)),
      m_message(new QLabel(this)),
      m_timer(new QTimer(this)) {
  setObjectName("figureDialog");
  setWindowTitle(tr("Export a figure"));
  m_preview->setObjectName("figurePreview");
  m_preview->setAlignment(Qt::AlignCenter);
  m_preview->setFrameShape(QFrame::StyledPanel);
  m_preview->setFixedSize(kPreviewWidth + 12, kPreviewHeight + 12);
  m_message->setObjectName("figureMessage");
  m_message->setWordWrap(true);
  m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
  m_export = buttons->addButton(tr("Export…"), QDialogButtonBox::AcceptRole);
  m_export->setObjectName("figureExport");
  auto* row = new QHBoxLayout;
  row->addWidget(buildForm());
  row->addSpacing(8);
  row->addWidget(m_preview, 0, Qt::AlignTop);
  auto* layout = new QVBoxLayout(this);
  layout->addLayout(row);
  layout->addWidget(m_message);
  layout->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(m_export, &QPushButton::clicked, this, &FigureDialog::chooseFile);
  m_timer->setSingleShot(true);
  m_timer->setInterval(kPauseMilliseconds);
  connect(m_timer, &QTimer::timeout, this, &FigureDialog::drawPreview);
  drawPreview();
}

FigureDialog::~FigureDialog() {
  for (QProcess* process : findChildren<QProcess*>()) {
    process->disconnect(this);
    process->kill();
    process->waitForFinished(1000);
  }
}

QDoubleSpinBox* FigureDialog::lengthBox(const QString& name) {
  auto* made = new QDoubleSpinBox(this);
  made->setObjectName(name);
  made->setLocale(QLocale::c());
  return made;
}

QWidget* FigureDialog::buildForm() {
  auto* form = new QWidget(this);
  auto* layout = new QFormLayout(form);
  layout->setContentsMargins(0, 0, 0, 0);
  m_title->setObjectName("figureTitle");
  m_title->setPlaceholderText(tr("none"));
  m_views->setObjectName("figureViews");
  for (const ViewPreset& preset : viewPresets())
    m_views->addItem(QString::fromStdString(preset.label), QString::fromStdString(preset.id));
  m_views->setCurrentIndex(m_views->findData(QString::fromStdString(m_start.views)));
  m_unit->setObjectName("figureUnit");
  m_unit->addItems({tr("mm"), tr("px")});
  m_dpi->setRange(30, 2400);
  m_dpi->setDecimals(0);
  m_dpi->setValue(m_start.dpi);
  m_dpi->setSuffix(tr(" dpi"));
  m_dpi->setToolTip(tr("Resolution of the picture: 300 for print, 96 for a screen"));
  changeUnit();
  m_width->setValue(m_start.widthMm);
  m_height->setValue(m_start.heightMm);
  layout->addRow(tr("Title"), m_title);
  layout->addRow(tr("Views"), m_views);
  layout->addRow(tr("Width"), m_width);
  layout->addRow(tr("Height"), m_height);
  layout->addRow(tr("Unit"), m_unit);
  layout->addRow(tr("Resolution"), m_dpi);
  for (QCheckBox* option : {m_bar, m_labels, m_legend, m_transparent, m_dark, m_description}) layout->addRow(option);
  for (QCheckBox* option : {m_bar, m_labels, m_legend, m_transparent, m_dark})
    connect(option, &QCheckBox::toggled, this, &FigureDialog::onChanged);
  connect(m_title, &QLineEdit::textChanged, this, &FigureDialog::onChanged);
  connect(m_views, &QComboBox::activated, this, &FigureDialog::onChanged);
  for (QDoubleSpinBox* length : {m_width, m_height, m_dpi})
    connect(length, &QDoubleSpinBox::valueChanged, this, &FigureDialog::onChanged);
  connect(m_unit, &QComboBox::activated, this, &FigureDialog::changeUnit);
  return form;
}

bool FigureDialog::isInPixels() const {
  return m_unit->currentIndex() == 1;
}

void FigureDialog::changeUnit() {
  // The figure keeps its size; only how it is said changes.
  const double perMm = m_dpi->value() / kMmPerInch;
  for (QDoubleSpinBox* length : {m_width, m_height}) {
    const QSignalBlocker quiet(length);
    const bool wasInPixels = length->suffix() == tr(" px");
    const double lengthMm = wasInPixels ? length->value() / perMm : length->value();
    length->setDecimals(isInPixels() ? 0 : 1);
    length->setRange(isInPixels() ? 20 : 5, isInPixels() ? 16000 : 2000);
    length->setSuffix(isInPixels() ? tr(" px") : tr(" mm"));
    length->setValue(isInPixels() ? lengthMm * perMm : lengthMm);
  }
}

Figure FigureDialog::figure() const {
  Figure figure = m_start;
  const double unitMm = isInPixels() ? kMmPerInch / m_dpi->value() : 1;
  figure.title = m_title->text().toStdString();
  figure.views = m_views->currentData().toString().toStdString();
  figure.widthMm = m_width->value() * unitMm;
  figure.heightMm = m_height->value() * unitMm;
  figure.dpi = m_dpi->value();
  figure.isTransparent = m_transparent->isChecked();
  figure.isDark = m_dark->isChecked();
  figure.hasColourBar = m_bar->isChecked();
  figure.hasViewLabels = m_labels->isChecked();
  figure.hasRoiLegend = m_legend->isChecked();
  return figure;
}

void FigureDialog::onChanged() {
  m_timer->start();
}

void FigureDialog::render(const Figure& figure, const QString& file, const std::function<void(const QString&)>& done) {
  const QString description = m_folder.filePath(QString("figure-%1.json").arg(++m_drawings));
  QString program;
  try {
    // Reads it back, so that what the program would refuse is refused here, in the same words.
    (void)figureFromJson(toJson(figure), "the figure", "/");
    writeJsonFile(description.toStdString(), toJson(figure));
    program = findWorkbenchProgram();
  } catch (const Error& error) {
    done(QString::fromUtf8(error.what()));
    return;
  }
  auto* process = new QProcess(this);
  connect(process, &QProcess::errorOccurred, this, [process, done](QProcess::ProcessError error) {
    if (error != QProcess::FailedToStart) return;
    process->deleteLater();
    done(tr("the drawing program could not be started"));
  });
  connect(process, &QProcess::finished, this, [process, done](int code, QProcess::ExitStatus status) {
    process->deleteLater();
    const QString text = QString::fromUtf8(process->readAllStandardError()).trimmed();
    if (status == QProcess::NormalExit && code == 0)
      done({});
    else
      done(text.isEmpty() ? tr("the drawing program ended without a word") : text);
  });
  process->start(program, {"--render", description, "--out", file});
}

void FigureDialog::drawPreview() {
  if (m_isDrawing) {
    m_isOutdated = true;
    return;
  }
  m_isDrawing = true;
  m_isOutdated = false;
  say(tr("Drawing…"), false);
  Figure small = figure();
  const double ratio = devicePixelRatioF();
  small.dpi = std::clamp(std::min(kPreviewWidth / small.widthMm, kPreviewHeight / small.heightMm) * kMmPerInch * ratio,
                         30.0, 600.0);
  const QString file = m_folder.filePath(QString("preview-%1.png").arg(m_drawings + 1));
  render(small, file, [this, file](const QString& error) {
    m_isDrawing = false;
    if (error.isEmpty())
      showPreview(file);
    else
      say(error, true);
    if (m_isOutdated) drawPreview();
  });
}

void FigureDialog::showPreview(const QString& file) {
  QPixmap picture(file);
  const double ratio = devicePixelRatioF();
  if (picture.width() > kPreviewWidth * ratio || picture.height() > kPreviewHeight * ratio)
    picture = picture.scaled(QSizeF(kPreviewWidth * ratio, kPreviewHeight * ratio).toSize(), Qt::KeepAspectRatio,
                             Qt::SmoothTransformation);
  picture.setDevicePixelRatio(ratio);
  m_preview->setPixmap(picture);
  const Figure now = figure();
  say(tr("%1 × %2 pixels, %3 × %4 mm")
          .arg(now.widthPixels())
          .arg(now.heightPixels())
          .arg(QString::number(now.widthMm, 'f', 1), QString::number(now.heightMm, 'f', 1)),
      false);
  Q_EMIT previewShown();
}

void FigureDialog::chooseFile() {
  const QString file = m_chooser(this, {.title = tr("Export a figure"),
                                        .suggested = "figure.pdf",
                                        .filter = tr("PDF (*.pdf);;PNG (*.png);;SVG (*.svg)")});
  if (!file.isEmpty()) exportTo(file);
}

void FigureDialog::exportTo(const QString& file) {
  m_export->setEnabled(false);
  say(tr("Writing %1…").arg(file), false);
  const Figure whole = figure();
  const bool hasDescription = m_description->isChecked();
  render(whole, file, [this, file, whole, hasDescription](QString error) {
    m_export->setEnabled(true);
    try {
      if (error.isEmpty() && hasDescription) writeJsonFile((file + ".json").toStdString(), toJson(whole));
    } catch (const Error& failure) {
      error = QString::fromUtf8(failure.what());
    }
    if (error.isEmpty()) {
      say(tr("Written: %1").arg(file), false);
      Q_EMIT written(file);
    } else {
      say(error, true);
      Q_EMIT failed(error);
    }
  });
}

void FigureDialog::say(const QString& text, bool isError) {
  m_message->setText(text);
  m_message->setStyleSheet(isError ? "color: " + themeColours(palette()).error.name() : QString());
}

}  // namespace corticast
