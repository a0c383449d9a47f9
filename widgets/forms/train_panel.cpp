#include "widgets/forms/train_panel.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QFileDialog>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QToolButton>
#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/features/backbones.h"
#include "core/features/embedding_source.h"
#include "core/training/presets.h"
#include "widgets/forms/embedding_picker.h"
#include "widgets/forms/fold_section.h"
#include "widgets/forms/form_builder.h"
#include "widgets/forms/override_table.h"
#include "widgets/forms/param_editor.h"
#include "widgets/forms/train_footer.h"
#include "widgets/state/workbench_state.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

// What stays when another preset is chosen: it is about this machine and these pictures, not about the model.
bool staysWithPreset(const std::string& id) {
  return id.starts_with("split.") || id == "device" || id == "threads" || id == "seed" || id == "embedding" ||
         id == "backbone" || id == "layer";
}

QString number(const Json& values, const char* id) {
  return values.contains(id) && values.at(id).is_number() ? numberText(values.at(id).get<double>()) : QString();
}

QString optimiserSummary(const Json& values) {
  return QObject::tr("%1, × %2 every %3 epochs")
      .arg(number(values, "learningRate"), number(values, "decayFactor"), number(values, "decayEvery"));
}

QString stoppingSummary(const Json& values) {
  return QObject::tr("%1 epochs at most, patience %2").arg(number(values, "maxEpochs"), number(values, "patience"));
}

QString choiceLabel(const Json& values, const std::string& id) {
  const auto found = std::ranges::find(planParams(), id, &Param::id);
  return found != planParams().end() && values.contains(id) ? valueText(*found, values.at(id)) : QString();
}

QString backboneLabel(const std::string& id) {
  for (const BackboneInfo& info : backbones())
    if (info.id == id) return QString::fromStdString(info.label);
  return QString::fromStdString(id);
}

QString inWords(const Error& error) {
  const ErrorParts& parts = error.parts();
  return asSentence(parts.what + ": " + parts.where + ": " + parts.why + "; " + parts.remedy);
}

QToolButton* smallButton(QWidget* parent, const QString& name, const QString& icon, const QString& toolTip) {
  auto* button = new QToolButton(parent);
  button->setObjectName(name);
  button->setIcon(themeIcon(icon, parent->palette()));
  button->setToolTip(toolTip);
  button->setAutoRaise(true);
  return button;
}

bool isOfTable(const Override& each) {
  return !each.roi.empty() && each.subject.empty() && each.id.empty();
}

}  // namespace

TrainFiles TrainFiles::desktop() {
  const QString plans = QObject::tr("Plans (*.json)");
  return {.openPlan =
              [plans](QWidget* parent) {
                return QFileDialog::getOpenFileName(parent, QObject::tr("Open a plan"), {}, plans);
              },
          .savePlan =
              [plans](QWidget* parent, const QString& suggested) {
                return QFileDialog::getSaveFileName(parent, QObject::tr("Save the plan"), suggested, plans);
              },
          .openFile = [](QWidget* parent, const QString& what,
                         const QString& filter) { return QFileDialog::getOpenFileName(parent, what, {}, filter); },
          .openFolder =
              [](QWidget* parent) {
                return QFileDialog::getExistingDirectory(parent, QObject::tr("Folder of an embedding"));
              }};
}

TrainPanel::TrainPanel(WorkbenchState& state, TrainFiles files, QWidget* parent)
    : QWidget(parent),
      m_state(state),
      m_files(std::move(files)),
      m_name(new QLineEdit(this)),
      m_preset(new QComboBox(this)),
      m_subjects(new QComboBox(this)),
      m_subjectsLabel(new QLabel(tr("Subjects"), this)),
      m_form(new ParamForm(planParams(), this)),
      m_picker(new EmbeddingPicker(this)),
      m_overrideSection(new FoldSection(tr("Per ROI"), this)),
      m_overrides(new OverrideTable(this)),
      m_overrideNote(new QLabel(this)),
      m_footer(new TrainFooter(this)) {
  setObjectName("trainPanel");
  auto* content = new QWidget;
  auto* inner = new QVBoxLayout(content);
  inner->setContentsMargins(8, 6, 8, 6);
  inner->setSpacing(6);
  buildTop(inner);
  buildForm(inner);
  inner->addStretch(1);
  auto* scroll = new QScrollArea(this);
  scroll->setObjectName("trainScroll");
  scroll->setWidget(content);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* rule = new QFrame(this);
  rule->setFrameShape(QFrame::HLine);
  rule->setFrameShadow(QFrame::Plain);
  rule->setForegroundRole(QPalette::Mid);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(scroll, 1);
  layout->addWidget(rule);
  layout->addWidget(m_footer);
  setMinimumWidth(320);
  connectParts();
  fillSubjects();
  takePreset();
}

TrainPanel::~TrainPanel() = default;

void TrainPanel::buildTop(QVBoxLayout* layout) {
  m_name->setObjectName("planName");
  m_name->setToolTip(tr("Name of the run; empty: the preset's"));
  m_preset->setObjectName("preset");
  m_preset->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  m_preset->setMinimumContentsLength(10);
  for (const Preset& each : presets()) {
    m_preset->addItem(QString::fromStdString(each.label), QString::fromStdString(each.id));
    m_preset->setItemData(m_preset->count() - 1, QString::fromStdString(each.help), Qt::ToolTipRole);
  }
  m_subjects->setObjectName("trainSubjects");
  m_subjects->setToolTip(tr("Whose responses are learned; each subject has models of its own"));
  auto* open = smallButton(this, "openPlan", "document-open", tr("Open a plan…"));
  auto* save = smallButton(this, "savePlan", "document-save", tr("Save this plan…"));
  connect(open, &QToolButton::clicked, this, &TrainPanel::openPlan);
  connect(save, &QToolButton::clicked, this, &TrainPanel::savePlan);
  auto* grid = new QGridLayout;
  grid->setHorizontalSpacing(6);
  grid->setVerticalSpacing(4);
  grid->setColumnStretch(1, 1);
  grid->addWidget(new QLabel(tr("Preset"), this), 0, 0);
  grid->addWidget(m_preset, 0, 1);
  grid->addWidget(open, 0, 2);
  grid->addWidget(save, 0, 3);
  grid->addWidget(new QLabel(tr("Name"), this), 1, 0);
  grid->addWidget(m_name, 1, 1, 1, 3);
  grid->addWidget(m_subjectsLabel, 2, 0);
  grid->addWidget(m_subjects, 2, 1, 1, 3);
  layout->addLayout(grid);
}

void TrainPanel::buildForm(QVBoxLayout* layout) {
  m_form->setHidden({"embedding", "backbone", "layer"});
  m_form->sectionTop("Embedding")->addWidget(m_picker);
  m_form->setOpen("Embedding", true);
  m_form->setOpen("Model", true);
  m_form->setSummary("Model", [](const Json& values) {
    const QString focus = choiceLabel(values, "focus");
    return choiceLabel(values, "architecture") + ", " + focus.left(1).toLower() + focus.mid(1);
  });
  m_form->setSummary("Embedding", [](const Json& values) { return backboneLabel(values.value("backbone", "")); });
  m_form->setSummary("Optimiser", optimiserSummary);
  m_form->setSummary("Stopping", stoppingSummary);
  m_form->setSummary("Split", [](const Json& values) { return choiceLabel(values, "split.kind"); });
  m_form->setSummary("Device", [](const Json& values) { return choiceLabel(values, "device"); });
  m_overrideNote->setObjectName("overrideNote");
  m_overrideNote->setWordWrap(true);
  m_overrideSection->content()->addWidget(m_overrideNote);
  m_overrideSection->content()->addWidget(m_overrides);
  layout->addWidget(m_form);
  layout->addWidget(m_overrideSection);
}

void TrainPanel::connectParts() {
  connect(m_preset, &QComboBox::activated, this, &TrainPanel::takePreset);
  connect(m_subjects, &QComboBox::activated, this, &TrainPanel::refresh);
  connect(m_name, &QLineEdit::textEdited, this, &TrainPanel::refresh);
  connect(m_form, &ParamForm::changed, this, &TrainPanel::refresh);
  connect(m_overrides, &OverrideTable::changed, this, &TrainPanel::refresh);
  connect(m_overrides, &OverrideTable::trainOnlyRequested, this, &TrainPanel::trainOnly);
  connect(m_overrides, &OverrideTable::roiChosen, this, [this](const QString& roi) {
    const auto& current = m_state.currentRoi();
    if (current && current->name == roi.toStdString()) return;
    for (const RoiKey& key : m_state.selectedRois())
      if (key.name == roi.toStdString() && m_state.hemispheres().contains(key.hemisphere))
        return m_state.setCurrentRoi(key);
  });
  connect(m_overrideNote, &QLabel::linkActivated, this, [this] {
    m_otherOverrides.clear();
    refresh();
  });
  connect(m_picker, &EmbeddingPicker::chosen, this, [this](const QString& backbone, const QString& layer) {
    setEmbedding(backbone.toStdString(), layer.toStdString(), {});
  });
  connect(m_picker, &EmbeddingPicker::arrayRequested, this, &TrainPanel::takeArray);
  connect(m_picker, &EmbeddingPicker::folderRequested, this, &TrainPanel::takeFolder);
  connect(m_picker, &EmbeddingPicker::weightsRequested, this, &TrainPanel::takeWeights);
  connect(m_picker, &EmbeddingPicker::embedRequested, this, [this] {
    if (m_assessment && m_assessment->embedding)
      requestEmbedding({.backbone = m_assessment->embedding->backbone,
                        .layer = m_assessment->embedding->layer,
                        .subjects = m_assessment->embedding->missing,
                        .workspace = m_state.workspace()});
  });
  connect(m_footer, &TrainFooter::trainClicked, this, &TrainPanel::train);
  connect(m_footer, &TrainFooter::stopClicked, this, &TrainPanel::embedStopRequested);
  connect(m_footer, &TrainFooter::offerClicked, this, [this] { m_form->setValue("pca", 100); });
  connect(&m_assessor, &PlanAssessor::assessed, this, &TrainPanel::take);
  connect(&m_state, &WorkbenchState::studyChanged, this, &TrainPanel::fillSubjects);
  for (const auto signal :
       {&WorkbenchState::studyChanged, &WorkbenchState::subjectChanged, &WorkbenchState::hemispheresChanged,
        &WorkbenchState::selectedRoisChanged, &WorkbenchState::workspaceChanged})
    connect(&m_state, signal, this, &TrainPanel::refresh);
  connect(&m_state, &WorkbenchState::currentRoiChanged, this, [this] {
    if (const auto& roi = m_state.currentRoi()) m_overrides->showRoi(roi->name);
  });
}

void TrainPanel::fillSubjects() {
  m_assessment.reset();
  const auto study = m_state.study();
  const size_t count = study ? study->subjects.size() : 0;
  m_subjects->clear();
  m_subjects->addItem(tr("The one shown"));
  if (count > 1) m_subjects->addItem(tr("All %1").arg(count));
  m_subjects->setVisible(count > 1);
  m_subjectsLabel->setVisible(count > 1);
}

void TrainPanel::takePreset() {
  Json values = presetValues(preset(m_preset->currentData().toString().toStdString()));
  const Json old = m_form->values();
  for (const auto& [id, value] : old.items())
    if (staysWithPreset(id)) values[id] = value;
  m_name->setPlaceholderText(m_preset->currentText());
  m_preset->setToolTip(m_preset->currentData(Qt::ToolTipRole).toString());
  m_form->setBase(presetValues(preset(m_preset->currentData().toString().toStdString())));
  m_form->setValues(values);
}

void TrainPanel::setEmbedding(const std::string& backbone, const std::string& layer, const std::string& folder) {
  Json values = m_form->values();
  values["backbone"] = backbone;
  values["layer"] = layer;
  values["embedding"] = folder;
  m_form->setValues(values);
}

PlanForm TrainPanel::form() const {
  PlanForm made;
  made.name = m_name->text().trimmed().toStdString();
  made.preset = m_preset->currentData().toString().toStdString();
  made.values = m_form->values();
  made.overrides = m_otherOverrides;
  for (Override& each : m_overrides->model().overrides()) made.overrides.push_back(std::move(each));
  return made;
}

PlanScope TrainPanel::scope() const {
  if (!m_state.study()) return {};
  return planScope(*m_state.study(), m_state.subject().toStdString(), m_subjects->currentIndex() == 1,
                   m_state.hemispheres(), m_state.selectedRois());
}

// What keeps the plan from being made at all, before anything is looked at on disk.
QString TrainPanel::whyNot() const {
  if (const std::string reason = whyNoPlan(form(), scope()); !reason.empty()) return QString::fromStdString(reason);
  if (m_state.workspace().empty()) return tr("Choose a workspace, the folder for runs");
  if (const QString problem = m_form->firstProblem(); !problem.isEmpty()) return problem;
  return m_overrides->model().firstProblem();
}

std::optional<Plan> TrainPanel::plan() const {
  if (!whyNot().isEmpty()) return std::nullopt;
  return buildPlan(form(), scope());
}

void TrainPanel::refresh() {
  m_failure.clear();
  const PlanScope now = scope();
  showRois(now);
  m_overrides->setInherited(m_form->values());
  try {
    if (const auto made = plan())
      m_assessor.ask(*made, m_state.study(), m_state.workspace());
    else
      m_assessor.forget();  // the last answer stays: a half-typed number must not make the button jump
  } catch (const Error& error) {
    m_assessor.forget();
    m_assessment.reset();
    m_failure = inWords(error);
  }
  showFooter();
}

void TrainPanel::showRois(const PlanScope& now) {
  const bool isPerRoi = m_form->values().value("focus", "roi") == "roi";
  std::vector<OverrideRow> rows;
  if (const Subject* subject = m_state.subjectData(); subject && isPerRoi)
    for (const std::string& name : now.rois)
      for (const HemisphereData& hemisphere : subject->hemispheres)
        if (const Roi* roi = hemisphere.roi(name)) {
          rows.push_back({name, roi->roiClass, ""});
          break;
        }
  m_overrides->setRois(rows);
  m_overrides->setVisible(isPerRoi && !rows.empty());
  if (const auto& roi = m_state.currentRoi()) m_overrides->showRoi(roi->name);
  QStringList notes;
  if (!isPerRoi)
    notes << tr("One model per ROI can have settings of its own; choose “Single ROI” above.");
  else if (rows.empty())
    notes << tr("Check ROIs in the Study panel to give them settings of their own.");
  if (!now.roisOfOneSide.empty())
    notes << tr("%1: checked in one hemisphere, trained in both.")
                 .arg(QString::fromStdString(join(now.roisOfOneSide, ", ")));
  if (!m_otherOverrides.empty())
    notes << tr("%1 further overrides of the plan file, not of single ROIs. <a href=\"drop\">Leave them out</a>")
                 .arg(m_otherOverrides.size());
  m_overrideNote->setText(notes.join("<br>"));
  m_overrideNote->setVisible(!notes.isEmpty());
  m_overrideNote->setStyleSheet(QString("color: %1").arg(themeColours(palette()).quietText.name()));
  const size_t own = m_overrides->model().overrides().size();
  m_overrideSection->setSummary(own == 0 ? tr("all as above") : tr("%1 differ").arg(own));
  m_overrideSection->setMarked(isPerRoi && !m_overrides->model().firstProblem().isEmpty());
}

void TrainPanel::take(const std::shared_ptr<const PlanAssessment>& assessment) {
  m_assessment = assessment;
  chooseFirstEmbedding();
  const Json values = m_form->values();
  m_picker->setOptions(assessment->options, values.value("backbone", ""), values.value("layer", ""),
                       values.value("embedding", ""));
  showFooter();
  if (!m_waitingPress || m_assessor.isWaiting()) return;
  const QString roi = *m_waitingPress;
  m_waitingPress.reset();
  if (roi.isEmpty())
    train();
  else
    trainOnly(roi);
}

// A fresh form takes what is ready, or else what can be made at once.
void TrainPanel::chooseFirstEmbedding() {
  const Json values = m_form->values();
  if (!values.value("backbone", "").empty() || !values.value("embedding", "").empty()) return;
  for (const EmbeddingOption& option : m_assessment->options)
    if (option.isReady() || option.canBeMade()) return setEmbedding(option.backbone, option.layer, {});
}

void TrainPanel::showFooter() {
  m_picker->setBusy(m_isEmbedding);
  const QString missing = whyNot();
  m_footer->setCost(m_assessment && missing.isEmpty() ? costText(*m_assessment) : QString());
  const bool isKnown = m_assessment != nullptr;
  const auto models = static_cast<qulonglong>(isKnown ? m_assessment->cost.models : 0);
  const QString count = models == 1 ? tr("1 model") : tr("%1 models").arg(QString::fromStdString(thousands(models)));
  if (m_isEmbedding) {
    m_footer->setReason(m_waitingPlan ? tr("The training starts when the pictures are embedded.") : QString(), false);
    return m_footer->setButton(tr("Embedding pictures…"), false);
  }
  if (!m_failure.isEmpty())
    m_footer->setReason(m_failure, true);
  else if (!missing.isEmpty())
    m_footer->setReason(missing, m_state.study() != nullptr && !scope().rois.empty());
  else if (isKnown && !m_assessment->problem.empty())
    m_footer->setReason(QString::fromStdString(m_assessment->problem), true,
                        m_assessment->helpsPca ? tr("Keep 100 principal components") : QString());
  else if (isKnown && !m_assessment->embedding)
    m_footer->setReason(tr("Choose an embedding of the pictures."), true);
  else if (isKnown && m_assessment->cost.skipped > 0)
    m_footer->setReason(
        m_assessment->cost.skipped == 1
            ? tr("1 model left out: its ROI is absent in the subject.")
            : tr("%1 models left out: their ROIs are absent in the subject.").arg(m_assessment->cost.skipped),
        false);
  else
    m_footer->setReason({}, false);
  const bool hasEmbedding = isKnown && m_assessment->embedding &&
                            (m_assessment->embedding->isReady() || m_assessment->embedding->canBeMade());
  const bool canTrain = missing.isEmpty() && hasEmbedding && m_assessment->problem.empty() && models > 0;
  if (!isKnown || models == 0) return m_footer->setButton(tr("Train"), false);
  if (canTrain && !m_assessment->embedding->isReady())
    return m_footer->setButton(
        tr("Embed %1 pictures, then train %2")
            .arg(QString::fromStdString(thousands(m_assessment->embedding->missingPictures)), count),
        true);
  m_footer->setButton(tr("Train %1").arg(count), canTrain);
}

void TrainPanel::showFailure(const QString& words) {
  m_failure = words;
  showFooter();
}

void TrainPanel::train() {
  if (m_isEmbedding) return;
  const auto made = plan();
  if (!made) return showFooter();
  if (m_assessor.isWaiting()) {
    m_waitingPress = QString();
    return;
  }
  go(*made);
}

void TrainPanel::trainOnly(const QString& roi) {
  if (m_isEmbedding) return;
  const auto made = plan();
  if (!made) return showFooter();
  if (m_assessor.isWaiting()) {
    m_waitingPress = roi;
    return;
  }
  go(onlyRoi(*made, roi.toStdString()));
}

void TrainPanel::go(const Plan& plan) {
  if (!m_assessment || !m_assessment->problem.empty() || !m_assessment->embedding) return showFooter();
  const EmbeddingOption& embedding = *m_assessment->embedding;
  if (embedding.isReady()) {
    Q_EMIT trainRequested(plan);
    return;
  }
  if (!embedding.canBeMade()) return showFooter();
  m_waitingPlan = plan;
  requestEmbedding({.backbone = embedding.backbone,
                    .layer = embedding.layer,
                    .subjects = embedding.missing,
                    .workspace = m_state.workspace()});
}

void TrainPanel::requestEmbedding(EmbedOptions options) {
  if (m_isEmbedding) return;
  m_isEmbedding = true;
  m_failure.clear();
  m_embedding = std::move(options);
  m_footer->showProgress(tr("Looking at the pictures…"), 0);
  showFooter();
  if (m_assessment) {
    const Json values = m_form->values();
    m_picker->setOptions(m_assessment->options, values.value("backbone", ""), values.value("layer", ""),
                         values.value("embedding", ""));
  }
  Q_EMIT embedRequested(m_embedding);
}

void TrainPanel::showEmbedProgress(const QString& text, double fraction) {
  if (m_isEmbedding) m_footer->showProgress(text, fraction);
}

void TrainPanel::embedEnded(bool isDone, const QString& failure) {
  if (!m_isEmbedding) return;
  m_isEmbedding = false;
  m_footer->hideProgress();
  m_assessor.forgetEmbeddings();
  const std::optional<Plan> next = std::exchange(m_waitingPlan, std::nullopt);
  if (isDone && m_embedding.backbone == kPrecomputed)
    setEmbedding(m_embedding.backbone, m_embedding.layer, {});
  else
    refresh();
  if (isDone && next) Q_EMIT trainRequested(*next);
  if (!failure.isEmpty()) showFailure(failure);
}

void TrainPanel::takeArray() {
  refresh();
  const Subject* subject = m_state.subjectData();
  if (!subject) return;
  const QString filter = tr("Arrays (*.npy *.h5 *.hdf5)");
  const QString file = m_files.openFile(this,
                                        tr("Features of the %1 training pictures, in name order")
                                            .arg(QString::fromStdString(thousands(subject->trainingImages.size()))),
                                        filter);
  if (file.isEmpty()) return;
  QString test;
  if (!subject->testImages.empty() && file.endsWith(".npy"))
    test = m_files.openFile(this,
                            tr("Features of the %1 test pictures (Cancel: there are none)")
                                .arg(QString::fromStdString(thousands(subject->testImages.size()))),
                            filter);
  requestEmbedding({.backbone = kPrecomputed,
                    .layer = layerOfArray(file.toStdString()),
                    .weights = file.toStdString(),
                    .testWeights = test.toStdString(),
                    .subjects = {subject->id},
                    .workspace = m_state.workspace()});
}

void TrainPanel::takeFolder() {
  const QString folder = m_files.openFolder(this);
  if (folder.isEmpty()) return refresh();
  const Json values = m_form->values();
  setEmbedding(values.value("backbone", ""), values.value("layer", ""), folder.toStdString());
}

void TrainPanel::takeWeights() {
  if (!m_assessment || !m_assessment->embedding) return;
  const EmbeddingOption& option = *m_assessment->embedding;
  const QString file = m_files.openFile(this, QString::fromStdString(option.weights), tr("All files (*)"));
  if (file.isEmpty()) return;
  requestEmbedding({.backbone = option.backbone,
                    .layer = option.layer,
                    .weights = file.toStdString(),
                    .subjects = option.missing,
                    .workspace = m_state.workspace()});
}

void TrainPanel::openPlan() {
  const QString path = m_files.openPlan(this);
  if (!path.isEmpty()) readPlanFile(path);
}

void TrainPanel::readPlanFile(const QString& path) {
  try {
    const Plan read = readPlan(path.toStdString());
    const PlanForm fields = formOf(read);
    if (const int row = m_preset->findData(QString::fromStdString(read.preset)); row >= 0)
      m_preset->setCurrentIndex(row);
    m_name->setText(QString::fromStdString(fields.name));
    m_otherOverrides.clear();
    std::vector<Override> own;
    for (const Override& each : fields.overrides) (isOfTable(each) ? own : m_otherOverrides).push_back(each);
    m_form->setBase(presetValues(preset(m_preset->currentData().toString().toStdString())));
    m_overrides->setOverrides(own);
    m_overrideSection->setOpen(!fields.overrides.empty() || m_overrideSection->isOpen());
    m_form->setValues(fields.values);
  } catch (const Error& error) {
    showFailure(inWords(error));
  }
}

void TrainPanel::savePlan() {
  try {
    const auto made = plan();
    if (!made) return showFooter();
    const QString path = m_files.savePlan(this, QString::fromStdString(made->name) + ".json");
    if (!path.isEmpty()) writeJsonFile(path.toStdString(), toJson(*made));
  } catch (const Error& error) {
    showFailure(inWords(error));
  }
}

}  // namespace corticast
