#include "widgets/stimuli/picture_responder.h"

#include <QFileInfo>
#include <algorithm>
#include <numeric>
#include <utility>

#include "core/base/error.h"
#include "core/runs/picture_predictor.h"
#include "core/runs/run_pictures.h"
#include "core/training/plan.h"
#include "core/training/position_check.h"
#include "widgets/state/picture_response.h"
#include "widgets/stimuli/thumbnail_cache.h"

namespace corticast {
namespace {

constexpr int kPreviewPixels = 512;

QString nameOf(const RunSnapshot& run) {
  return QString::fromStdString(run.meta.name.empty() ? run.id : run.meta.name);
}

std::vector<float> measuredRow(const Responses& responses, uint32_t row) {
  std::vector<uint32_t> columns(responses.cols());
  std::iota(columns.begin(), columns.end(), 0U);
  Matrix<float> values(1, columns.size());
  responses.gather(std::span(&row, 1), columns, values.view());
  return {values.values().begin(), values.values().end()};
}

}  // namespace

struct PictureResponder::Question {
  std::shared_ptr<const Study> study;
  QString subject;
  WorkbenchState::RunPointer run;
  QString file;  ///< name in the study, or a path
  bool isForeign = false;
  ShownResponse shown = ShownResponse::Predicted;
  std::shared_ptr<PicturePredictor> predictor;  ///< null: to be made

  [[nodiscard]] QString predictorKey() const {
    return QString::fromStdString(study->root.string() + "\n" + (run ? run->path.string() : "") + "\n") + subject;
  }
  /// While nothing more exact is known.
  [[nodiscard]] QString inWords() const {
    return isForeign ? tr("Embedding %1…").arg(QFileInfo(file).fileName())
                     : tr("Reading the response to %1…").arg(file);
  }
};

struct PictureResponder::Answer {
  std::shared_ptr<PictureResponse> response;
  std::shared_ptr<PicturePredictor> predictor;
  QString predictorOf;
  bool isUnwanted = false;  ///< by now; of the UI thread alone
};

namespace {

const Stimulus* findStimulus(const Subject& subject, const QString& file, bool& isTest) {
  for (const auto* images : {&subject.trainingImages, &subject.testImages}) {
    const auto found = std::ranges::find(*images, file.toStdString(), &Stimulus::file);
    isTest = images == &subject.testImages;
    if (found != images->end()) return &*found;
  }
  return nullptr;
}

Error cannotShow(const QString& file, const std::string& why, const std::string& remedy) {
  return Error({.what = "show the response to a picture", .where = file.toStdString(), .why = why, .remedy = remedy});
}

void fillMeasured(const Subject& subject, const Stimulus& stimulus, bool isTest, PictureResponse& response) {
  for (const HemisphereData& h : subject.hemispheres) {
    const Responses* responses = isTest ? h.test.get() : h.training.get();
    if (!responses)
      throw cannotShow(QString::fromStdString(stimulus.file), "responses to test pictures are not in this study",
                       "show the predicted one");
    response.columns[h.hemisphere == Hemisphere::Left ? 0 : 1] =
        measuredRow(*responses, static_cast<uint32_t>(stimulus.index - 1));
  }
}

/// Published responses are z-scores, and so is what is predicted of them.
QString predictedTitle(const RunFolder& run) {
  const Plan plan = planFromJson(run.readPlan(), run.planFile().string());
  return PositionCheckTrainer::isMeant(defaultSettings(plan)) ? QObject::tr("Error of the position (mm)")
                                                              : QObject::tr("Predicted response (z)");
}

/// Whether the run kept its prediction for this picture (it did unless it trained on it).
bool fillKept(const RunFolder& run, const Subject& subject, const Stimulus& stimulus, PictureResponse& response) {
  bool isKept = false;
  for (const Hemisphere h : kHemispheres) {
    auto& columns = response.columns[h == Hemisphere::Left ? 0 : 1];
    columns = RunPictures(run, subject.id, h).responses(stimulus.file);
    isKept = isKept || !columns.empty();
  }
  return isKept;
}

}  // namespace

void PictureResponder::answer(const Question& question, Answer& answer, ProgressReporter& progress) {
  auto response = std::make_shared<PictureResponse>();
  response->subject = question.subject;
  const Subject& subject = question.study->subject(question.subject.toStdString());
  bool isTest = false;
  const Stimulus* stimulus = question.isForeign ? nullptr : findStimulus(subject, question.file, isTest);
  if (!stimulus && !question.isForeign)
    throw cannotShow(question.file, "the subject did not see it", "choose another picture");
  const std::filesystem::path path = stimulus ? stimulus->path : std::filesystem::path(question.file.toStdString());
  const QString name = QFileInfo(question.file).fileName();
  response->picture = loadPicture(path, kPreviewPixels);
  if (question.shown == ShownResponse::Measured) {
    response->title = tr("Measured response (z)");
    response->description = tr("%1, measured").arg(name);
    fillMeasured(subject, *stimulus, isTest, *response);
  } else {
    const RunFolder run(question.run->path);
    response->title = predictedTitle(run);
    response->description = tr("%1, predicted by %2").arg(name, nameOf(*question.run));
    if (!stimulus || !fillKept(run, subject, *stimulus, *response)) {
      if (!answer.predictor)
        answer.predictor = std::make_shared<PicturePredictor>(run, *question.study, subject.id, progress);
      response->columns = answer.predictor->predict(readUprightImage(path), progress);
      if (stimulus) response->description += tr(" (trained on it)");
    }
  }
  answer.response = response;
}

PictureResponder::PictureResponder(WorkbenchState& state, QObject* parent) : QObject(parent), m_state(state) {
  connect(&state, &WorkbenchState::pictureChanged, this, [this] {
    forgetForeign();
    showPicture();
  });
  connect(&state, &WorkbenchState::selectedRunsChanged, this, [this] {
    if (m_shown == ShownResponse::Predicted) showPicture();
  });
  connect(&state, &WorkbenchState::mapChanged, this, [this] {
    if (m_state.map() != MapKind::Picture) m_mapBefore = m_state.map();
  });
  connect(&state, &WorkbenchState::studyChanged, this, &PictureResponder::cancel);
  connect(&state, &WorkbenchState::subjectChanged, this, &PictureResponder::cancel);
  connect(&m_job, &BackgroundJob::progressed, this, [this](const QString& text, double fraction) {
    if (!m_next) Q_EMIT busy(text, fraction);
  });
  connect(&m_job, &BackgroundJob::finished, this, [this] { end({}); });
  connect(&m_job, &BackgroundJob::cancelled, this, [this] { end({}); });
  connect(&m_job, &BackgroundJob::failed, this, &PictureResponder::end);
}

PictureResponder::~PictureResponder() = default;

void PictureResponder::setShown(ShownResponse shown) {
  m_shown = shown;
  if (shown != ShownResponse::Predicted) forgetForeign();
  if (shown == ShownResponse::None) cancel();
  if (shown == ShownResponse::None && m_state.map() == MapKind::Picture) m_state.setMap(m_mapBefore);
  showPicture();
}

void PictureResponder::forgetForeign() {
  if (m_foreign.isEmpty()) return;
  m_foreign.clear();
  Q_EMIT shownChanged();
}

void PictureResponder::showPicture() {
  Question question;
  question.isForeign = !m_foreign.isEmpty();
  question.file = question.isForeign ? m_foreign : m_state.picture();
  question.shown = m_shown;
  if (m_shown != ShownResponse::None && !question.file.isEmpty()) ask(std::move(question));
}

void PictureResponder::predictFile(const QString& file) {
  m_state.setPicture({});
  m_foreign = file;
  m_shown = ShownResponse::Predicted;
  Q_EMIT shownChanged();
  showPicture();
}

void PictureResponder::cancel() {
  m_next.reset();
  if (m_answer) m_answer->isUnwanted = true;
  m_job.cancel();
}

void PictureResponder::ask(Question question) {
  question.study = m_state.study();
  question.subject = m_state.subject();
  question.run = m_state.currentRun();
  if (!question.study) {
    Q_EMIT failed(tr("Open a study first, and choose a finished run: its models predict the response."));
    return;
  }
  if (question.shown == ShownResponse::Predicted && !question.run) {
    Q_EMIT failed(tr("Choose a finished run in the list of runs: its models predict the response to the picture."));
    return;
  }
  m_next = std::make_shared<const Question>(std::move(question));
  start();
}

void PictureResponder::start() {
  Q_EMIT busy(m_next->inWords(), -1);
  if (m_job.isRunning()) {
    m_job.cancel();
    return;
  }
  auto question = std::make_shared<Question>(*std::exchange(m_next, nullptr));
  m_answer = std::make_shared<Answer>();
  m_answer->predictorOf = question->predictorKey();
  if (m_predictorOf == m_answer->predictorOf) m_answer->predictor = m_predictor;
  m_job.start([question, answer = m_answer](ProgressReporter& progress) {
    PictureResponder::answer(*question, *answer, progress);
  });
}

void PictureResponder::end(const QString& failure) {
  const std::shared_ptr<Answer> answer = std::exchange(m_answer, nullptr);
  m_predictor = answer->predictor;
  m_predictorOf = answer->predictorOf;
  if (m_next) {
    start();
    return;
  }
  Q_EMIT idle();
  if (answer->isUnwanted) return;
  if (!failure.isEmpty()) Q_EMIT failed(failure);
  if (!answer->response) return;
  m_state.setPictureResponse(answer->response);
  m_state.setMap(MapKind::Picture);
}

}  // namespace corticast
