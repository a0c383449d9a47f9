#pragma once
#include <QWidget>
#include <memory>
#include <vector>

#include "core/data/study.h"
#include "core/export/submission.h"
#include "widgets/state/background_job.h"

class QComboBox;
class QLabel;

namespace corticast {

class BrainView;
class ColourBar;
struct CortexSurfaces;

/// What a submission looks like on one subject's cortex: which run predicts each vertex (in the runs' colours), or the
/// validation r of what predicts it. Vertices that nobody covers stay bare.
class SubmissionMap : public QWidget {
  Q_OBJECT

 public:
  SubmissionMap(std::shared_ptr<const Study> study, QWidget* parent);
  ~SubmissionMap() override;

  /// `names`: of the plan's runs, for the legend. An empty plan leaves the cortex bare.
  void setPlan(std::shared_ptr<const SubmissionPlan> plan, const QStringList& names);
  void setSubject(const QString& subject);
  [[nodiscard]] bool isReady() const { return m_surfaces != nullptr; }

 Q_SIGNALS:
  /// The template has been read and is drawn.
  void ready();

 private:
  void takeSurfaces();
  void draw();
  void drawSources(const SubmissionPart& part, const HemisphereData& hemisphere);
  void drawCorrelation();
  void showLegend();
  [[nodiscard]] const SubmissionPart* part(Hemisphere hemisphere) const;
  /// Number of the run that predicts a source's vertices, from 0.
  [[nodiscard]] size_t runOf(int32_t source) const;

  std::shared_ptr<const Study> m_study;
  std::shared_ptr<const SubmissionPlan> m_plan;
  std::shared_ptr<const CortexSurfaces> m_surfaces;
  QStringList m_names;
  QComboBox* m_subject;
  QComboBox* m_kind;
  BrainView* m_view;
  ColourBar* m_bar;
  QLabel* m_legend;
  BackgroundJob m_loading;
};

}  // namespace corticast
